/**
 * Patterns of rules, all of them in one pass over a text: RE2, whose time is linear in the text whatever pattern and text
 * are. The one place that knows the library. The set says which patterns are somewhere in a text; where, `locate` finds
 * out for those few.
 */
import { RE2JS, RE2Set } from 're2js';
import { err, ok, type Result } from '../../core/result.ts';
import type { Span } from '../normalised.ts';
import { beginningsOf } from './beginnings.ts';
import { openingsOf, type Opening } from './openings.ts';
import { locate, type Begun, type Findable, type Located } from './locate.ts';
import { endsOf, inLowerCase, withoutBounds, type Ends } from './pattern-source.ts';
import { isOpen } from './word-bounds.ts';

export interface PatternSet {
  /** The indexes of the patterns that are, or with word bounds may be, in the text. */
  among(folded: string): ReadonlySet<number>;
  /** Where one of those stands. */
  locate(pattern: number, folded: string): Located;
  /** What matches of some of them begin with, or all of such a match: one for each where it is known. */
  readonly openings: readonly string[];
}

/** `why` as RE2 says it, or `empty`: it would be found everywhere. */
export interface BadPattern {
  readonly index: number;
  readonly why: string;
}

/** Of the set's automaton, bytes; beyond it RE2 starts its table anew. */
const MOST_MEMORY = 8 * 1024 * 1024;
const WARMING = 20;
/** What a window of 4 KiB can have: those that cut words in two must not hide the next one that doesn't. */
const MOST_IN_WINDOW = 4_096;

/** Every pattern at most 500 characters; the reader of rules sees to it. */
export function compilePatterns(patterns: readonly string[]): Result<PatternSet, readonly BadPattern[]> {
  const compiled: Compiled[] = [];
  const bad: BadPattern[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const made = compile(pattern);
    if (made.ok) compiled.push(made.value);
    else bad.push({ index, why: made.error });
  }
  if (bad.length > 0) return err(bad);
  const nowhere: ReadonlySet<number> = new Set();
  if (compiled.length === 0) {
    return ok({ among: () => nowhere, locate: () => ({ spans: [], cut: false }), openings: [] });
  }
  const set = new RE2Set(RE2Set.UNANCHORED, 0, MOST_MEMORY);
  for (const { loose } of compiled) set.add(loose.pattern());
  set.compile();
  warm(set);
  return ok({
    among(folded) {
      const found = set.match(folded);
      return found.length === 0 ? nowhere : new Set(found);
    },
    locate(pattern, folded) {
      const one = compiled[pattern];
      return one === undefined ? { spans: [], cut: false } : locate(folded, one);
    },
    openings: compiled.flatMap(({ begun }) => begun?.openings[0] ?? []),
  });
}

interface Compiled extends Findable {
  readonly loose: RE2JS;
}

function compile(pattern: string): Result<Compiled, string> {
  const source = inLowerCase(pattern);
  const exact = tryCompile(source);
  if (!exact.ok) return exact;
  if (exact.value.test('')) return err('empty');
  const loosened = tryCompile(withoutBounds(source));
  const loose = loosened.ok ? loosened.value : exact.value;
  const ends = endsOf(source);
  const inner = ends === undefined ? undefined : tryCompile(ends.inner);
  if (ends === undefined || inner?.ok !== true) {
    return ok({
      loose,
      test: (text) => loose.test(text),
      find: (...asked) => spansOf(exact.value, ...asked),
      ...begun(source, (text) => beginningAt(exact.value, text), true),
    });
  }
  return ok({
    loose,
    test: (text) => loose.test(text),
    find(text, from, most) {
      const found = spansOf(exact.value, text, from, MOST_IN_WINDOW);
      const inAllScripts = notAscii.test(text) ? spansOf(inner.value, text, from, MOST_IN_WINDOW) : [];
      return disjoint([...found, ...inAllScripts].filter((span) => isBound(text, span, ends))).slice(0, most);
    },
    ...begun(ends.inner, (text) =>
      notAscii.test(text) ? inScripts([exact.value, inner.value], ends, text) : inAscii(exact.value, ends, text),
    ),
  });
}

type Trying = ReturnType<Begun['trying']>;

function inAscii(exact: RE2JS, ends: Ends, text: string): Trying {
  const at = beginningAt(exact, text);
  return (start, most) => {
    if (ends.before && !isOpen(text, start)) return undefined;
    const span = at(start, most);
    return typeof span !== 'object' || isBound(text, span, ends) ? span : undefined;
  };
}

/** RE2's own bounds know ASCII alone. */
function inScripts(patterns: readonly RE2JS[], ends: Ends, text: string): Trying {
  const tried = patterns.map((one) => beginningAt(one, text));
  return (start, most) => {
    if (ends.before && !isOpen(text, start)) return undefined;
    const found = tried.map((at) => at(start, most));
    if (found.includes('unsure')) return 'unsure';
    const bound = found.flatMap((span) => (typeof span === 'object' && isBound(text, span, ends) ? [span] : []));
    return bound.length < 2 ? bound[0] : disjoint(bound)[0];
  };
}

/** Most places at which a pattern could begin are told apart by the texts that it goes on with. */
function begun(source: string, trying: Begun['trying'], isAll = false): Pick<Findable, 'begun'> {
  const beginnings = beginningsOf(source);
  if (beginnings === undefined) return {};
  const openings = openingsOf(source);
  if (isAll && openings.every(({ isWhole }) => isWhole)) return { begun: literal(beginnings, openings) };
  return {
    begun: {
      beginnings,
      openings: openings.map(({ text }) => text),
      trying(text) {
        let at: Trying | undefined;
        return (start, most) => {
          const opening = openings.find((one) => text.startsWith(one.text, start));
          return opening === undefined ? undefined : (at ??= trying(text))(start, most);
        };
      },
    },
  };
}

/** A pattern that is nothing but literal texts. */
function literal(beginnings: readonly string[], openings: readonly Opening[]): Begun {
  return {
    beginnings,
    openings: openings.map(({ text }) => text),
    trying: (text) => (start) => {
      const opening = openings.find((one) => text.startsWith(one.text, start));
      return opening === undefined ? undefined : { start, end: start + opening.text.length };
    },
  };
}

/**
 * What of a pattern begins at a place, in the next `most` units. One that ends with them may go on, or have taken them for
 * the text's end.
 */
function beginningAt(pattern: RE2JS, text: string): Trying {
  const matcher = pattern.matcher('');
  return (start, most) => {
    if (!matcher.resetMatcherInput(text.slice(start, start + most)).lookingAt()) return undefined;
    const end = start + matcher.end();
    if (end === start) return undefined;
    return end === start + most && end < text.length ? 'unsure' : { start, end };
  };
}

const notAscii = /[^\0-\x7f]/u;

function isBound(text: string, { start, end }: Span, { before, after }: Ends): boolean {
  return (!before || isOpen(text, start)) && (!after || isOpen(text, end));
}

/** At most `most` spans that follow each other, none of them empty. */
function spansOf(pattern: RE2JS, text: string, from: number, most: number): readonly Span[] {
  const matcher = pattern.matcher(text);
  const spans: Span[] = [];
  let more = matcher.find(from);
  while (more && spans.length < most) {
    const span = { start: matcher.start(), end: matcher.end() };
    if (span.end > span.start) spans.push(span);
    more = matcher.find();
  }
  return spans;
}

/** Of those that overlap the first, and of those that begin together the longest. */
function disjoint(spans: readonly Span[]): readonly Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start >= (kept.at(-1)?.end ?? 0)) kept.push(span);
  }
  return kept;
}

/** The library throws for what it can't compile: a rule's author makes mistakes, so here that is a value. */
function tryCompile(source: string): Result<RE2JS, string> {
  try {
    return ok(RE2JS.compile(source));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** A set is some thirty times slower in its first calls than later: those come before any message waits for it. */
function warm(set: RE2Set): void {
  for (let text = 0; text < WARMING; text += 1) {
    const words = ['please', 'call', 'me', String(text * 7_919), 'the account', "it's", 'a-b', 'x@y.example', '(12)'];
    set.match(words.toSorted((a, b) => ((a.length * text) % 7) - ((b.length * text) % 7)).join(' '));
  }
}
