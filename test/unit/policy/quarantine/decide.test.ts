import { describe, expect, test } from '@jest/globals';
import { consequences } from '../../../../src/core/policy-words.ts';
import { mayDecide } from '../../../../src/policy/quarantine/decide.ts';
import { verdictStates } from '../../../../src/policy/verdicts/verdict-moves.ts';

const open = { state: 'open', consequence: 'quarantine' } as const;

describe('whoever decides', () => {
  test.each([
    ['officer', true],
    ['reviewer', true],
    ['auditor', false],
    [undefined, false],
  ] as const)('as %s may: %s', (role, may) => {
    const answer = mayDecide({ verdict: open, role, isSender: false });
    expect(answer).toEqual(may ? { ok: true, value: undefined } : { ok: false, error: 'role' });
  });

  test('never decides about what they wrote', () => {
    expect(mayDecide({ verdict: open, role: 'officer', isSender: true })).toEqual({ ok: false, error: 'own-message' });
  });

  test('hears first that they have no role, whatever the item is', () => {
    for (const state of verdictStates) {
      const verdict = { state, consequence: 'quarantine' } as const;
      expect(mayDecide({ verdict, role: 'auditor', isSender: true })).toEqual({ ok: false, error: 'role' });
    }
  });
});

describe('what is decided', () => {
  test.each(verdictStates.map((state) => [state] as const))('is open: %s', (state) => {
    const answer = mayDecide({ verdict: { state, consequence: 'quarantine' }, role: 'officer', isSender: false });
    const why = state === 'closed' ? 'no-item' : 'not-open';
    expect(answer).toEqual(state === 'open' ? { ok: true, value: undefined } : { ok: false, error: why });
  });

  test.each([...consequences, 'none'] as const)('is a quarantine, not a verdict that says %s', (consequence) => {
    const answer = mayDecide({ verdict: { state: 'open', consequence }, role: 'officer', isSender: false });
    const quarantine = consequence === 'quarantine';
    expect(answer).toEqual(quarantine ? { ok: true, value: undefined } : { ok: false, error: 'sender-decides' });
  });
});
