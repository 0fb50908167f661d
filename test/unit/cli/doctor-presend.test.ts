import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../src/config/config.ts';
import { checkPresendModule, trialIn } from '../../../src/cli/doctor/presend.ts';
import type { PresendTrial, PresendTried } from '../../../src/core/ports/presend.ts';

interface Given {
  readonly enabled?: boolean;
  readonly barriers?: Config['policy']['barriers'];
}

function found(
  trial: PresendTried | 'busy' | undefined,
  failOpen: boolean,
  { enabled = true, barriers = [] }: Given = {},
) {
  const presend = { enabled, failOpen, shadow: false };
  const policy = { rules: '', lexicons: '', presend, quarantine: { expires: 1 }, tags: {}, barriers };
  return checkPresendModule({ policy }, trial);
}

function all(trial: PresendTrial): PresendTried {
  return { check_event_for_spam: trial, user_may_invite: trial, user_may_join_room: trial };
}

describe('What doctor says of the module in Synapse', () => {
  test.each<readonly [PresendTrial, boolean, string, string]>([
    ['open', true, 'info', 'takes messages while Gatehouse is down'],
    ['closed', false, 'info', 'takes no message while Gatehouse is down'],
    ['open', false, 'warn', 'Synapse takes messages while Gatehouse is down; policy.presend.failOpen is false'],
    ['closed', true, 'warn', 'Synapse takes no message while Gatehouse is down; policy.presend.failOpen is true'],
    ['not-asked', true, 'error', 'without asking'],
    ['wrong-secret', true, 'error', 'a wrong secret'],
    ['elsewhere', false, 'error', 'asks somewhere else'],
    ['unclear', true, 'warn', 'not tried'],
  ])('%s, with failOpen %s: %s, %s', (trial, failOpen, level, words) => {
    const [finding, ...more] = found(all(trial), failOpen);
    expect(more.map((one) => one.level)).toEqual(trial === 'open' || trial === 'closed' ? [level, level] : []);
    expect(finding).toMatchObject({ level, message: expect.stringContaining(words) });
    expect(finding?.fix === '').toBe(level === 'info');
  });

  test('what its fail_open says of invitations and joins, each by itself: left out, they are closed', () => {
    const tried = { ...all('closed'), check_event_for_spam: 'open' } as const;
    expect(found(tried, true)).toMatchObject([
      { level: 'info' },
      { level: 'warn', message: expect.stringContaining('takes no invitation while Gatehouse is down') },
      { level: 'warn', message: expect.stringContaining('lets nobody join a room while Gatehouse is down') },
    ]);
    expect(found(tried, true)[1]?.fix).toContain('set fail_open: { user_may_invite: true }');
    expect(found(tried, true)[2]?.fix).toContain('set fail_open: { user_may_join_room: true }');
  });

  test('that invitations or joins are not asked about: wrong where a barrier stands, and nobody’s business without one', () => {
    const tried = { ...all('open'), user_may_invite: 'not-asked', user_may_join_room: 'unclear' } as const;
    expect(found(tried, true)).toMatchObject([{ level: 'info' }, { level: 'warn', fix: 'run doctor again' }]);
    const [, invites] = found(tried, true, { barriers: [{ between: ['sales', 'research'] }] });
    expect(invites).toMatchObject({ level: 'error', message: expect.stringContaining('no barrier stops that') });
    expect(invites?.fix).toContain('add user_may_invite to enabled_callbacks');
  });

  test('that it takes a running Gatehouse to try it, and nothing where Synapse is not to ask', () => {
    expect(found(undefined, true)).toMatchObject([{ level: 'warn', fix: 'run doctor while Gatehouse runs' }]);
    expect(found('busy', true)).toMatchObject([{ level: 'warn', fix: 'run doctor again' }]);
    expect(found(all('open'), true, { enabled: false })).toEqual([]);
  });

  test('only what the running process says of a trial is taken for one', () => {
    const said = [{ trial: all('closed') }, { trial: 'busy' }, { trial: { ...all('open'), user_may_invite: 'fine' } }];
    expect([...said, { ok: true }].map(trialIn)).toEqual([all('closed'), 'busy', undefined, undefined]);
  });
});
