import { describe, expect, test } from '@jest/globals';
import { PolicyGroups } from '../../../src/app/policy-groups.ts';
import type { Group } from '../../../src/config/config.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { must, parseRoomId, parseUserId, type UserId } from '../../../src/core/ids.ts';

const alice = must(parseUserId('@alice:acme.example'));
const bob = must(parseUserId('@bob:acme.example'));
const groups = new Map<string, Group>([
  ['sales', { kind: 'list', users: [alice] }],
  ['support', { kind: 'room', room: must(parseRoomId('!support:acme.example')) }],
]);

function groupsWith(answers: (readonly UserId[] | undefined)[]) {
  const health = new Map<string, string>();
  const clock = new ManualClock();
  const asked: string[] = [];
  const policy = new PolicyGroups(
    groups,
    {
      set: (id, words) => health.set(id, words),
      clear: (id) => health.delete(id),
    },
    clock,
  );
  policy.join({
    membersOf: (name) => {
      asked.push(name);
      return Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]);
    },
  });
  return { policy, health, asked, clock };
}

describe('the groups of a sender', () => {
  test('are lists of the config, and rooms as the homeserver has them', async () => {
    const { policy, health } = groupsWith([[bob]]);
    expect(await policy.of(alice)).toEqual(['sales']);
    expect(await policy.of(bob)).toEqual(['support']);
    expect([...health]).toEqual([]);
  });

  test('are taken to be all whose room could never be read, and health says so until it can', async () => {
    const { policy, health } = groupsWith([undefined, [bob]]);
    expect(await policy.of(alice)).toEqual(['sales', 'support']);
    expect(health.get('policy-groups')).toContain('Who is in support');
    expect(await policy.of(alice)).toEqual(['sales']);
    expect([...health]).toEqual([]);
  });

  test('stay what they were while the homeserver is down', async () => {
    const { policy, health } = groupsWith([[bob], undefined]);
    expect(await policy.of(bob)).toEqual(['support']);
    expect(await policy.of(bob)).toEqual(['support']);
    expect(await policy.of(alice)).toEqual(['sales']);
    expect([...health]).toEqual([]);
  });

  test('are all of them before the homeserver is known, and where asking breaks', async () => {
    const health = new Map<string, string>();
    const policy = new PolicyGroups(
      groups,
      {
        set: (id, words) => health.set(id, words),
        clear: (id) => health.delete(id),
      },
      new ManualClock(),
    );
    expect(await policy.of(bob)).toEqual(['support']);
    policy.join({ membersOf: () => Promise.reject(new Error('broken')) });
    expect(await policy.of(bob)).toEqual(['support']);
    expect(health.size).toBe(1);
  });

  test('of a room are asked once by many at the same time', async () => {
    const { policy, asked } = groupsWith([[bob]]);
    await Promise.all([policy.of(alice), policy.of(bob), policy.of(alice)]);
    expect(asked).toEqual(['support']);
  });
});

describe('the people of a group', () => {
  test('are those of the list, and those of the room: the same set again as long as nobody comes or goes', async () => {
    const { policy } = groupsWith([[bob], [bob], [alice, bob]]);
    expect(await policy.members('sales')).toEqual(new Set([alice]));
    expect(await policy.members('sales')).toBe(await policy.members('sales'));
    const first = await policy.members('support');
    expect(first).toEqual(new Set([bob]));
    expect(await policy.members('support')).toBe(first);
    for (let read = 0; read < 2; read += 1) {
      await policy.members('support');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await policy.members('support')).toEqual(new Set([alice, bob]));
    expect(await policy.members('nobody')).toBeUndefined();
  });

  test('are unknown until they were read once; a room that can’t be read is not asked for all the time', async () => {
    const { policy, health, asked, clock } = groupsWith([undefined, [bob], undefined]);
    expect([await policy.members('support'), await policy.members('support')]).toEqual([undefined, undefined]);
    expect(asked).toEqual(['support']);
    expect(health.get('policy-groups')).toContain('rules and barriers hold for everybody');
    clock.advance(10_000);
    expect(await policy.members('support')).toEqual(new Set([bob]));
    expect([...health]).toEqual([]);
    expect(await policy.members('support')).toEqual(new Set([bob]));
  });

  test('are unknown, and not waited for longer than a second, where the homeserver doesn’t answer', async () => {
    const { policy, clock } = groupsWith([[bob]]);
    policy.join({ membersOf: () => new Promise(() => undefined) });
    const asked = policy.members('support');
    clock.advance(1_000);
    expect(await asked).toBeUndefined();
  });
});
