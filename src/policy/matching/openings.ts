/**
 * How far the literal texts reach that a pattern's matches begin with: `wire the`, `wire my`, `wires the` and `wires my` of
 * `wires? (?:the|my) .{0,20}`. Where none of them stands, the pattern needn't be tried; where they are all of it, nothing else is tried.
 */
import { characterOf, endOfGroup, opensGroup, split } from './beginnings.ts';
import { stepsOf } from './pattern-source.ts';

export interface Opening {
  readonly text: string;
  /** It is a whole match. */
  readonly isWhole: boolean;
}

/** So many are compared faster than a pattern is tried. */
const most = 16;

/** In the order in which RE2 prefers them: of two that stand at one place, it takes the first. */
export function openingsOf(pattern: string): readonly Opening[] {
  return ofAlternatives(stepsOf(pattern)) ?? [unknown];
}

const unknown: Opening = { text: '', isWhole: false };
const leftOut: Opening = { text: '', isWhole: true };

function ofAlternatives(parts: readonly string[]): readonly Opening[] | undefined {
  const found = split(parts)?.flatMap(ofSequence);
  return found === undefined || found.length > most ? undefined : found;
}

function ofSequence(parts: readonly string[]): readonly Opening[] {
  let found: readonly Opening[] = [leftOut];
  for (let at = 0; at < parts.length;) {
    const { openings, end } = partAt(parts, at);
    const longer = openings === undefined ? [] : extended(found, openings);
    if (longer.length === 0 || longer.length > most) return found.map(({ text }) => ({ text, isWhole: false }));
    found = longer;
    at = end;
  }
  return found;
}

function extended(found: readonly Opening[], by: readonly Opening[]): readonly Opening[] {
  return found.flatMap((one) =>
    one.isWhole ? by.map(({ text, isWhole }) => ({ text: one.text + text, isWhole })) : [one],
  );
}

interface Part {
  /** Undefined of a class, an assertion, or what may be repeated. */
  readonly openings: readonly Opening[] | undefined;
  /** Where the next one begins. */
  readonly end: number;
}

/** One character or one group, with what says how often. */
function partAt(parts: readonly string[], at: number): Part {
  const part = parts[at] ?? '';
  const close = opensGroup(part) ? endOfGroup(parts, at) : undefined;
  const end = (close ?? at) + 1;
  const once = close === undefined ? ofCharacter(part) : ofAlternatives(parts.slice(at + 1, close));
  return once === undefined ? { openings: undefined, end } : repeated(once, parts.slice(end, end + 2), end);
}

/** `?` prefers that it is there, `??` that it isn't; of more than one nothing is known behind the first. */
function repeated(once: readonly Opening[], [quantifier, next]: readonly string[], end: number): Part {
  switch (quantifier) {
    case '?':
      return { openings: next === '?' ? undefined : [...once, leftOut], end: end + 1 };
    case '+':
      return { openings: once.map(({ text }) => ({ text, isWhole: false })), end: end + 1 };
    case '*':
    case '{':
      return { openings: undefined, end };
    default:
      return { openings: once, end };
  }
}

function ofCharacter(part: string): readonly Opening[] | undefined {
  const text = characterOf(part);
  return text === undefined ? undefined : [{ text, isWhole: true }];
}
