import { describe, expect, test } from '@jest/globals';
import { AskedColleagueNames } from '../../../src/bridge/people/colleague-names.ts';
import { must, parseUserId, type UserId } from '../../../src/core/ids.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const alice = must(parseUserId('@alice:acme.example'));
const bob = must(parseUserId('@bob:acme.example'));

function given(names: Readonly<Record<string, string>>) {
  const clock = new ManualClock(1_000_000);
  const asked: UserId[] = [];
  const colleagues = new AskedColleagueNames({
    staff: { everybody: () => Promise.resolve([alice, bob]) },
    displayName: (user) => {
      asked.push(user);
      return Promise.resolve(names[user]);
    },
    clock,
  });
  return { clock, asked, colleagues };
}

describe('how colleagues are called', () => {
  test('by localpart and by display name', async () => {
    const { colleagues } = given({ [alice]: 'Alice Stone' });
    expect(await colleagues.names()).toEqual(['alice', 'bob', 'Alice Stone']);
  });

  test('is asked once, and again after an hour, while what was known is answered', async () => {
    const names: Record<string, string> = { [alice]: 'Alice Stone' };
    const { clock, asked, colleagues } = given(names);
    await Promise.all([colleagues.names(), colleagues.names()]);
    await colleagues.names();
    expect(asked).toEqual([alice, bob]);
    names[alice] = 'Alice Rock';
    clock.advance(3_600_001);
    expect(await colleagues.names()).toContain('Alice Stone');
    await new Promise(setImmediate);
    expect(await colleagues.names()).toContain('Alice Rock');
    expect(asked).toHaveLength(4);
  });
});
