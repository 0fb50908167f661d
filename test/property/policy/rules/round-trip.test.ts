/** Whatever rule can be written is read as it was meant, in whatever order its keys stand. */
import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import { readText, writtenIn } from '../../../../src/policy/rules/rule-text.ts';
import type { Condition, Rule, RuleSet } from '../../../../src/policy/rule.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((made) => made.isWellFormed());
const hundredth = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/u);

const { condition } = fc.letrec<{ condition: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.record(
      { detector: fc.constantFrom(...allDetectors.map((one) => String(one.id))), confidence: hundredth },
      { requiredKeys: ['detector'] },
    ),
    fc.record({ lexicon: id, terms: fc.array(text, { minLength: 1, maxLength: 3 }) }, { requiredKeys: ['lexicon'] }),
    fc.record({ pattern: fc.stringMatching(/^[a-z0-9 .+*]{1,30}$/u) }),
    fc.record({ unscanned: fc.oneof(fc.constant('any'), fc.constant(['image', 'locked'])) }),
  ),
  condition: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      near: fc.record({
        first: tie('condition'),
        second: tie('condition'),
        words: fc.integer({ min: 1, max: 100 }),
        ordered: fc.boolean(),
      }),
    }),
  ),
}));

const rule = fc.record(
  {
    id,
    says: text,
    severity: fc.constantFrom('low', 'medium', 'high'),
    when: condition,
    count: fc.integer({ min: 1, max: 200 }),
    unique: fc.integer({ min: 1, max: 200 }),
    hotWords: fc.array(
      fc.record({
        words: fc.array(text, { minLength: 1, maxLength: 3 }),
        before: fc.integer({ min: 1, max: 1000 }),
        after: fc.integer({ min: 0, max: 1000 }),
        by: hundredth,
      }),
      { maxLength: 2 },
    ),
    except: fc.record({ quotes: fc.boolean(), urls: fc.boolean(), terms: fc.array(text, { maxLength: 3 }) }),
    scope: fc.record(
      {
        directions: fc.uniqueArray(fc.constantFrom('inbound', 'outbound', 'internal', 'external'), { minLength: 1 }),
        tags: fc.array(text, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    then: fc.constantFrom('observe', 'flag', 'warn', 'redact', 'quarantine', 'block'),
    notify: fc.boolean(),
    dryRun: fc.boolean(),
    enabled: fc.boolean(),
    failMode: fc.constantFrom('open', 'closed'),
    together: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: ['id', 'says', 'when', 'then'] },
);
const rules = fc.uniqueArray(rule, { minLength: 1, maxLength: 5, selector: (one) => one.id });

function read(value: unknown): RuleSet {
  const set = readRules([{ name: 'a.yaml', text: stringify(value), is: 'rules' }]);
  if (!set.ok) throw new Error(JSON.stringify(set.error));
  return set.value;
}

/** As a person would write what was read, every key said. */
function written(given: Rule): Record<string, unknown> {
  const { when, threshold, consequence, ...rest } = given;
  return { ...rest, ...threshold, when: writtenCondition(when), then: consequence };
}

function writtenCondition(when: Condition): Record<string, unknown> {
  switch (when.is) {
    case 'detector':
      return { detector: when.detector, confidence: when.least };
    case 'lexicon':
      return { lexicon: when.lexicon, ...(when.terms === undefined ? {} : { terms: when.terms }) };
    case 'pattern':
      return { pattern: when.pattern };
    case 'unscanned':
      return { unscanned: when.why ?? 'any' };
    case 'near': {
      const { first, second, most, unit, ordered } = when;
      return { near: { first: writtenCondition(first), second: writtenCondition(second), [unit]: most, ordered } };
    }
    default:
      return { [when.is]: when.of.map(writtenCondition) };
  }
}

/** The same value with the keys of each map the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  );
}

describe('rules', () => {
  test('that were read, written and read again are the same', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const first = read({ rules: given });
        assert.deepEqual(read({ rules: first.rules.map(written) }), first);
      }),
      { numRuns: 80 },
    );
  });

  test('taken apart into texts of their own are the same, each read alone', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const file = { name: 'a.yaml', text: stringify({ rules: given }), is: 'rules' as const };
        const { items } = writtenIn([file], read({ rules: given }));
        assert.equal(items.length, given.length);
        for (const { what, id, text: own, item } of items) assert.deepEqual(readText(what, id, own)?.item, item);
      }),
      { numRuns: 60 },
    );
  });

  test('keep what was written', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const set = read({ rules: given });
        for (const one of given) {
          const found = set.rules.find((kept) => kept.id === one.id);
          const said = found === undefined ? {} : written(found);
          for (const key of [
            'says',
            'severity',
            'count',
            'then',
            'notify',
            'dryRun',
            'together',
            'failMode',
          ] as const) {
            if (one[key] !== undefined) assert.deepEqual(said[key], one[key]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('have the same digest in whatever order their keys and they themselves stand', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const there = read({ rules: given });
        const back = read(turned({ rules: given.toReversed() }));
        assert.equal(back.digest, there.digest);
      }),
      { numRuns: 40 },
    );
  });

  test('are read or refused with a problem that has a fix, whatever the file holds', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.object().map((value) => stringify(value)),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('rules' as const, 'lexicon' as const), (bytes, is) => {
        const set = readRules([{ name: 'x.txt', text: bytes, is }]);
        assert.ok(set.ok || (set.error.length > 0 && set.error.every(({ file, fix }) => file !== '' && fix !== '')));
      }),
      { numRuns: 200 },
    );
  });
});
