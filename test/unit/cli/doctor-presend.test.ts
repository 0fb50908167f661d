import { describe, expect, test } from '@jest/globals';
import { checkPresendModule, trialIn, type Trial } from '../../../src/cli/doctor/presend.ts';

function found(trial: Trial | undefined, failOpen: boolean, enabled = true) {
  const presend = { enabled, failOpen, shadow: false, secret: undefined };
  const policy = { rules: '', lexicons: '', presend, quarantine: { expires: 1 }, tags: {}, barriers: [] };
  return checkPresendModule({ policy }, trial);
}

describe('What doctor says of the module in Synapse', () => {
  test.each<readonly [Trial, boolean, string, string]>([
    ['open', true, 'info', 'takes messages while Gatehouse is down'],
    ['closed', false, 'info', 'takes no message while Gatehouse is down'],
    ['open', false, 'warn', 'Synapse takes messages while Gatehouse is down; policy.presend.failOpen is false'],
    ['closed', true, 'warn', 'Synapse takes no message while Gatehouse is down; policy.presend.failOpen is true'],
    ['not-asked', true, 'error', 'without asking'],
    ['wrong-secret', true, 'error', 'a wrong secret'],
    ['elsewhere', false, 'error', 'asks somewhere else'],
    ['unclear', true, 'warn', 'not tried'],
    ['busy', true, 'warn', 'not tried'],
  ])('%s, with failOpen %s: %s, %s', (trial, failOpen, level, words) => {
    const [finding, ...more] = found(trial, failOpen);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ level, message: expect.stringContaining(words) });
    expect(finding?.fix === '').toBe(level === 'info');
  });

  test('that it takes a running Gatehouse to try it, and nothing where Synapse is not to ask', () => {
    expect(found(undefined, true)).toMatchObject([{ level: 'warn', fix: 'run doctor while Gatehouse runs' }]);
    expect(found('open', true, false)).toEqual([]);
  });

  test('only what the running process says of a trial is taken for one', () => {
    expect([trialIn({ trial: 'closed' }), trialIn({ trial: 'fine' }), trialIn({ ok: true })]).toEqual([
      'closed',
      undefined,
      undefined,
    ]);
  });
});
