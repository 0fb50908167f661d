/** Whatever a text or a pattern is made to do, it does it to a thread of its own: the main thread's loop goes on turning. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { contextOf, is, message, rule } from '../../../unit/policy/engine/made-rules.ts';
import { LONG, madeScanning, rulesOf } from './scanning.ts';

const context = contextOf();
const scanner = '../../../../src/scanner.ts';
/** A loop that is held up turns once or twice. */
const MANY_TURNS = 50;
/** So often is a text judged that it takes longer than a busy machine may let the main thread wait for its turn. */
const AGAIN = 10;

/** How often the loop turned until it was done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  work.then(end, end);
  let turns = 0;
  for (; !ended.signal.aborted; turns += 1) await setImmediate();
  return turns;
}

/** Patterns on which an engine that tries one way after the other never ends, in one rule. */
const patterns = ['(a+)+b', '(?:a|aa)+c', '(x+x+)+y', '(?:.*a){12}!', '(\\w+\\s?)+;', '([a-z]+)*1', '(?:a?){50}a{50}b'];
const detectors = ['card', 'phone', 'iban', 'id-de', 'id-nl', 'secret', 'email', 'medical'];
const rules = [
  ...patterns.map((pattern, n) => rule(is.pattern(pattern), { id: `pattern-${n}` })),
  ...detectors.map((detector) => rule(is.detector(0.5, detector), { id: detector })),
];

describe('The loop of the main thread', () => {
  test('goes on while a text is judged that never ends, until its deadline', async () => {
    await using scanning = madeScanning().scanning;
    await scanning.use(rulesOf('same'));
    const judging = scanning.judge(message('hang 4111'), context, 500);
    expect(await turnsDuring(judging)).toBeGreaterThan(MANY_TURNS);
    expect(await judging).toMatchObject({ failed: 'took-too-long', consequence: 'quarantine' });
  });

  test('goes on while texts made to be slow are judged by patterns made to be slow, and they are judged', async () => {
    await using scanning = madeScanning({}, scanner).scanning;
    expect(await scanning.use({ digest: 'hostile', lexicons: [], rules })).toMatchObject({ ok: true });
    for (const part of ['a', '4 1 1 1 ', '+1 202 555 0199, 020 7946 0018, ', 'саll mу сеll ', 'a@b.de x@y.example ']) {
      const hostile = message(...Array.from({ length: 16 }, () => part.repeat(4_096 / part.length)));
      const judging = Promise.all(Array.from({ length: AGAIN }, () => scanning.judge(hostile, context, LONG)));
      expect(await turnsDuring(judging)).toBeGreaterThan(MANY_TURNS);
      for (const verdict of await judging) expect(verdict.failed).toBeUndefined();
    }
  });

  test('goes on while patterns are compiled that count as high as they may', async () => {
    await using scanning = madeScanning({ compileMs: 3_000 }, scanner).scanning;
    const heavy = Array.from({ length: 40 }, (_, n) =>
      rule(is.pattern(`x{1,1000}y{1,${900 + n}}`), { id: `heavy-${n}` }),
    );
    const compiling = scanning.use({ digest: 'heavy', lexicons: [], rules: heavy });
    expect(await turnsDuring(compiling)).toBeGreaterThan(MANY_TURNS);
    expect(await compiling).toHaveProperty('ok');
  });
});
