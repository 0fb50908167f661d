import { describe, expect, test } from '@jest/globals';
import type { EngineFailure } from '../../../../src/core/policy-words.ts';
import { failedVerdict } from '../../../../src/policy/engine/fail-modes.ts';
import { ScannerAsked } from '../../../../src/policy/judging/scanner-asked.ts';
import { ruleSetOf } from '../../../../src/policy/rules/rule-set.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { contextOf, is, message, rule } from '../engine/made-rules.ts';

const set = ruleSetOf([rule(is.pattern('x'), { consequence: 'block', failMode: 'closed' })], []);
const older = ruleSetOf([rule(is.pattern('y'))], []);
const judged = message('a text');
const context = contextOf();

function house() {
  const clock = new ManualClock();
  let says: (by: RuleSet) => Verdict = (by) => clean(by);
  let by = set;
  const scanner = new ScannerAsked({ judge: () => Promise.resolve(says(by)) }, clock);
  return {
    clock,
    ask: () => scanner.judge(set, judged, context),
    by: (other: RuleSet) => {
      by = other;
    },
    fails: (why: EngineFailure | undefined) => {
      says = (of) => (why === undefined ? clean(of) : failedVerdict(of, judged, context, why));
    },
  };
}

function clean({ digest }: RuleSet): Verdict {
  return { rules: digest, content: judged.content, hits: [], unread: [], consequence: 'none', notify: false };
}

describe('Whoever asks the scanner', () => {
  test('takes a verdict by exactly the rules in force', async () => {
    const { ask } = house();
    expect(await ask()).toMatchObject({ rules: set.digest, consequence: 'none' });
  });

  test.each<EngineFailure>(['took-too-long', 'crashed'])('takes a failure for what it is: %s', async (why) => {
    const { ask, fails } = house();
    fails(why);
    expect(await ask()).toMatchObject({ failed: why, consequence: 'quarantine' });
  });

  test('asks again while it is not ready, and after 10 s does what the rules say of a failure', async () => {
    const { ask, fails, clock } = house();
    fails('not-ready');
    expect(await ask()).toBeUndefined();
    clock.advance(9_999);
    expect(await ask()).toBeUndefined();
    clock.advance(1);
    expect(await ask()).toMatchObject({ failed: 'not-ready', rules: set.digest, consequence: 'quarantine' });
  });

  test('asks again while other rules are judged by', async () => {
    const { ask, by, clock } = house();
    by(older);
    expect(await ask()).toBeUndefined();
    by(set);
    expect(await ask()).toMatchObject({ rules: set.digest });
    by(older);
    clock.advance(60_000);
    expect(await ask()).toBeUndefined();
  });

  test('does not let go what no rules at all would let go', async () => {
    const { ask, by, clock, fails } = house();
    by(ruleSetOf([], []));
    fails('not-ready');
    expect(await ask()).toBeUndefined();
    clock.advance(10_000);
    expect(await ask()).toMatchObject({ failed: 'not-ready', consequence: 'quarantine' });
  });
});
