import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../../src/core/entry.ts';
import { must, parsePosition, type Position } from '../../../src/core/ids.ts';
import { fold } from '../../../src/journal/search/fold.ts';
import { matches } from '../../../src/journal/search/matches.ts';
import { planOf } from '../../../src/journal/search/plan.ts';
import { parseQuery } from '../../../src/journal/search/query/parser.ts';
import type { Phrase, Query } from '../../../src/journal/search/query/query.ts';
import { words } from '../../../src/journal/search/words.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { policyMarks } from '../../../src/policy/verdicts/mark-store.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { options, positions, resolver, said, searchIn, wrote } from '../../support/search.ts';

const knows = () => Promise.resolve(true);
/** What is said of one of the first 200 records. */
const judged = fc.tuple(
  fc.integer({ min: 1, max: 200 }),
  fc.constantFrom('none' as const, 'flag' as const, 'quarantine' as const),
  fc.subarray(['card-number', 'iban']),
);

/** Few words, so that queries meet them; some that share beginnings, characters or folds. */
const vocabulary = [
  'a',
  'ab',
  'abc',
  'abcd',
  'abcde',
  'ABCDEFGHIJ',
  'Müller',
  'muller',
  '天',
  '今天',
  '今天天气',
  'ß',
  '42',
];
const word = fc.constantFrom(...vocabulary);
const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
const term = fc.oneof(
  word,
  word.map((part) => `${part}*`),
  fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => `"${parts.join(' ')}"`),
  fc.tuple(word, fc.integer({ min: 1, max: 4 }), word).map(([a, n, b]) => `${a} NEAR/${n} ${b}`),
  fc.constantFrom(
    'from:@bob',
    'in:deals',
    'has:link',
    'is:edited',
    'is:flagged',
    'is:quarantined',
    'rule:card-number',
    'rule:iban',
    'kind:network',
    'after:2026-02',
    'before:2026-03-01',
  ),
);
const { query } = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    term,
    tie('query').map((part) => `-(${part})`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `${a} ${b}`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} OR ${b})`),
  ),
}));

// A guard against hanging, with room for a machine that is busy with other suites.
let opened: TestJournal;
let entries: readonly Entry[];
let marks: ReadonlyMap<Position, ReadonlySet<string>>;
beforeAll(async () => {
  opened = await openTestJournal({ parts: [policyRulesWriterPart(), verdictsWriterPart()] });
  const texts = fc.sample(text, { numRuns: 200, seed: 7 });
  const months = [Date.UTC(2025, 5, 1), Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1) - 1];
  await opened.journal.append(
    texts.map((body, i) => (i % 2 === 0 ? said(body, months[i % months.length]) : wrote({ msgtype: 'm.text', body }))),
  );
  await opened.journal.append(
    fc.sample(judged, { numRuns: 60, seed: 11 }).map(([of, consequence, rules]) => verdictOn(of, consequence, rules)),
  );
  const read = await opened.journal.reader.entriesFrom(must(parsePosition(1)), 300);
  entries = read.flatMap((entry) => ('erased' in entry ? [] : [entry]));
  const all = entries.map(({ position }) => position);
  marks = await opened.journal.views.read((reading) => policyMarks.of(all, reading));
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

describe('the index', () => {
  test('never loses a record that the texts alone would give', async () => {
    const search = searchIn(opened.journal);
    await fc.assert(
      fc.asyncProperty(query, async (typed) => {
        const parsed = parseQuery(typed, options);
        if (!parsed.ok) throw new Error(`${typed}: ${parsed.error.what}`);
        const { tokens } = opened.journal.search;
        const plan = await planOf(parsed.value, { resolver, knows, tokens, now: options.now });
        const plain = entries
          .filter((entry) => matches(entry, plan, marks.get(entry.position)))
          .map((entry) => entry.position);
        expect(await positions(search, typed, { limit: 500 })).toEqual(plain.toReversed());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a query typed at random', () => {
  test('is understood or refused with a place inside it, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), query), (typed) => {
        const parsed = parseQuery(typed, options);
        expect(parsed.ok || (parsed.error.at >= 0 && parsed.error.at <= typed.length)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a query that is written out', () => {
  test('is read as the same again', () => {
    fc.assert(
      fc.property(query, (typed) => {
        const parsed = parseQuery(typed, options);
        if (!parsed.ok) throw new Error(`${typed}: ${parsed.error.what}`);
        expect(parseQuery(writtenOut(parsed.value), options)).toEqual(parsed);
      }),
      { numRuns: 1_000 },
    );
  });
});

function phrase(units: Phrase): string {
  return `"${units.map((unit) => `${unit.text}${unit.is === 'prefix' ? '*' : ''}`).join(' ')}"`;
}

function writtenOut(of: Query): string {
  switch (of.is) {
    case 'and':
      return of.of
        .map((part) => (part.is === 'and' || part.is === 'or' ? `(${writtenOut(part)})` : writtenOut(part)))
        .join(' ');
    case 'or':
      return of.of.map((part) => (part.is === 'or' ? `(${writtenOut(part)})` : writtenOut(part))).join(' OR ');
    case 'not':
      return `-(${writtenOut(of.of)})`;
    case 'phrase':
      return phrase(of.phrase);
    case 'near':
      return [phrase(of.first), ...of.then.map((next) => `NEAR/${next.within} ${phrase(next.phrase)}`)].join(' ');
    default:
      return fieldWrittenOut(of);
  }
}

type Field = Extract<Query, { is: 'field' | 'kind' | 'class' | 'has' | 'state' | 'marked' | 'time' }>;

function fieldWrittenOut(of: Field): string {
  switch (of.is) {
    case 'field':
      return `${of.field}:"${of.value}"`;
    case 'kind':
      return `kind:${of.kind}`;
    case 'class':
      return `class:${of.class}`;
    case 'has':
      return `has:${of.what}`;
    case 'state':
    case 'marked':
      return stateWrittenOut(of);
    case 'time': {
      const parts = [
        of.from === undefined ? '' : `after:${minute(of.from)}`,
        of.to === undefined ? '' : `before:${minute(of.to)}`,
      ];
      return parts.join(' ').trim();
    }
    default:
      return of satisfies never;
  }
}

function stateWrittenOut(of: Extract<Query, { is: 'state' | 'marked' }>): string {
  if (of.is === 'state') return `is:${of.what}`;
  return of.mark.startsWith('rule:') ? of.mark : `is:${of.mark}`;
}

function minute(millis: number): string {
  return new Date(millis).toISOString().slice(0, 16);
}

describe('folding', () => {
  test('of what is folded changes nothing, and leaves the words as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (any) => {
        const once = fold(any);
        expect(fold(once)).toBe(once);
        expect(words(once)).toEqual(words(any));
      }),
      { numRuns: 5_000 },
    );
  });
});
