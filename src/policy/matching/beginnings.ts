/**
 * The literal texts that a pattern's matches begin with: `promise` of `promise(?:s|d)? .{0,20}return`, `off` and `under` of
 * `(?:off|under) the books`. Where they are known, a text is searched for them and only what follows one is looked at.
 */
import { stepsOf } from './pattern-source.ts';

/** A shorter one stands everywhere, and so many are as slow as looking everywhere. */
const shortest = 2;
const most = 16;

const special = new Set(['.', '[', ']', '(', ')', '|', '*', '+', '?', '{', '}', '^', '$', '\\']);
const groups = new Set(['(', '(?:']);

/** Undefined where there is no such list: a class, an assertion or something that may be left out comes first. */
export function beginningsOf(pattern: string): readonly string[] | undefined {
  const found = ofAlternatives(stepsOf(pattern));
  if (found === undefined || found.length > most) return undefined;
  return found.every((text) => text.length >= shortest && /^[a-z0-9]/.test(text)) ? [...new Set(found)] : undefined;
}

function ofAlternatives(parts: readonly string[]): readonly string[] | undefined {
  const alternatives = split(parts);
  const found = alternatives?.map(ofOne);
  return found?.every((one) => one !== undefined) === true ? found.flat() : undefined;
}

function ofOne(parts: readonly string[]): readonly string[] | undefined {
  const [first = ''] = parts;
  if (opensGroup(first)) return ofGroup(parts);
  const text = literalOf(parts);
  return text === '' ? undefined : [text];
}

/** With a name or without; of flags and of what only looks ahead nothing is known. */
export function opensGroup(part: string): boolean {
  return groups.has(part) || /^\(\?P?</u.test(part);
}

/** A group that must be there; what comes after it is not looked at. */
function ofGroup(parts: readonly string[]): readonly string[] | undefined {
  const end = endOfGroup(parts, 0);
  if (end === undefined || mayBeLeftOut(parts[end + 1])) return undefined;
  return ofAlternatives(parts.slice(1, end));
}

/** Up to the first part that is more than a character, or may be left out. */
function literalOf(parts: readonly string[]): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    const character = characterOf(part);
    if (character === undefined || mayBeLeftOut(parts[index + 1])) break;
    text += character;
    if (parts[index + 1] === '+') break;
  }
  return text;
}

/** Nothing of a class, an assertion, a quantifier. */
export function characterOf(part: string): string | undefined {
  if (/^\\[^\p{L}\p{N}]$/u.test(part)) return part.slice(1);
  return special.has(part) || Array.from(part).length !== 1 ? undefined : part;
}

function mayBeLeftOut(quantifier: string | undefined): boolean {
  return quantifier === '?' || quantifier === '*' || quantifier === '{';
}

/** By the bars outside of groups and classes; nothing where the brackets don't fit. */
export function split(parts: readonly string[]): readonly (readonly string[])[] | undefined {
  const alternatives: string[][] = [[]];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? '';
    const end = part === '[' ? endOfClass(parts, at) : part.startsWith('(') ? endOfGroup(parts, at) : at;
    if (end === undefined || part === ')') return undefined;
    if (part === '|') alternatives.push([]);
    else alternatives.at(-1)?.push(...parts.slice(at, end + 1));
    at = end;
  }
  return alternatives;
}

/** Of flags such as `(?i)` nothing is known: they have no end. */
export function endOfGroup(parts: readonly string[], from: number): number | undefined {
  if (parts[from]?.endsWith(')') === true) return undefined;
  let depth = 0;
  for (let at = from; at < parts.length; at += 1) {
    depth += depthOf(parts[at] ?? '');
    if (depth === 0) return at;
    if (parts[at] === '[') at = endOfClass(parts, at) ?? parts.length;
  }
  return undefined;
}

function depthOf(part: string): number {
  if (part === ')') return -1;
  return part.startsWith('(') && !part.endsWith(')') ? 1 : 0;
}

/** A bracket that comes first in a class, also behind `^`, is one of its characters. */
function endOfClass(parts: readonly string[], from: number): number | undefined {
  const first = parts[from + 1] === '^' ? from + 2 : from + 1;
  const end = parts.indexOf(']', first + 1);
  return end === -1 ? undefined : end;
}
