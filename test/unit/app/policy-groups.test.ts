import { describe, expect, test } from '@jest/globals';
import { PolicyGroups } from '../../../src/app/policy-groups.ts';
import type { Group } from '../../../src/config/config.ts';
import { must, parseRoomId, parseUserId, type UserId } from '../../../src/core/ids.ts';

const alice = must(parseUserId('@alice:acme.example'));
const bob = must(parseUserId('@bob:acme.example'));
const groups = new Map<string, Group>([
  ['sales', { kind: 'list', users: [alice] }],
  ['support', { kind: 'room', room: must(parseRoomId('!support:acme.example')) }],
]);

function groupsWith(answers: (readonly UserId[] | undefined)[]) {
  const health = new Map<string, string>();
  const asked: string[] = [];
  const policy = new PolicyGroups(groups, {
    set: (id, words) => health.set(id, words),
    clear: (id) => health.delete(id),
  });
  policy.join({
    membersOf: (name) => {
      asked.push(name);
      return Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]);
    },
  });
  return { policy, health, asked };
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
    const policy = new PolicyGroups(groups, {
      set: (id, words) => health.set(id, words),
      clear: (id) => health.delete(id),
    });
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
