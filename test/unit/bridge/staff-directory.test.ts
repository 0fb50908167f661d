import { describe, expect, test } from '@jest/globals';
import { createStaffDirectory, type StaffGroup } from '../../../src/bridge/people/staff-directory.ts';
import type { Clock } from '../../../src/core/clock.ts';
import {
  must,
  noMillis,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseLineId,
  parseNetworkId,
  parseRoomAlias,
  parseRoomId,
  parseUserId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import { err, ok } from '../../../src/core/result.ts';

const user = (name: string): UserId => must(parseUserId(`@${name}:acme.example`));
const sales = must(parseLineId('sales'));

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quiet,
};

function directory(groups: ReadonlyMap<string, StaffGroup>, members: { list: readonly UserId[] | 'down' }) {
  const time = { ms: 0 };
  const clock: Clock = { now: () => noMillis, monotonic: () => time.ms, after: () => () => undefined };
  const staff = createStaffDirectory({
    lines: [
      {
        id: sales,
        name: 'Sales',
        connector: must(parseConnectorId('carrier')),
        network: must(parseNetworkId('sms')),
        address: must(parseAddress('+12025550100')),
        supervisors: [],
        routing: 'shared',
        class: must(parseClassId('us-finra-6y')),
        staffUsers: [user('dan')],
        staffGroups: [...groups.keys()],
      },
    ],
    groups,
    homeserver: {
      gatehouse: user('gatehouse'),
      isOurs: (one) => one === user('gatehouse'),
      resolveAlias: () => Promise.resolve(ok(must(parseRoomId('!support')))),
      members: () =>
        Promise.resolve(
          members.list === 'down'
            ? err({ kind: 'down', detail: 'refused' } as const)
            : ok(members.list.map((one) => ({ user: one, membership: 'join' as const }))),
        ),
    },
    clock,
    log: quiet,
  });
  return { staff, time };
}

const room = new Map<string, StaffGroup>([
  ['support', { kind: 'room', room: must(parseRoomAlias('#support:acme.example')) }],
]);

describe('who may use a line', () => {
  test('are the people named one by one and the members of its groups, each once', async () => {
    const groups = new Map<string, StaffGroup>([['sales', { kind: 'list', users: [user('alice'), user('dan')] }]]);
    const { staff } = directory(groups, { list: [] });
    expect(await staff.staffOf(sales)).toEqual([user('dan'), user('alice')]);
    expect(await staff.isStaff(sales, user('alice'))).toBe(true);
    expect(await staff.isStaff(sales, user('mallory'))).toBe(false);
    expect((await staff.linesOf(user('alice'))).map((line) => line.id)).toEqual([sales]);
  });

  test('are the members of a room, without our own users, asked again after a minute', async () => {
    const members = { list: [user('alice'), user('gatehouse')] };
    const { staff, time } = directory(room, members);
    expect(await staff.everybody()).toEqual([user('dan'), user('alice')]);
    members.list = [user('bob')];
    expect(await staff.everybody()).toEqual([user('dan'), user('alice')]);
    time.ms = 61_000;
    expect(await staff.everybody()).toEqual([user('dan'), user('bob')]);
  });

  test('stay who they were while the homeserver does not answer', async () => {
    const members: { list: readonly UserId[] | 'down' } = { list: [user('alice')] };
    const { staff, time } = directory(room, members);
    await staff.everybody();
    members.list = 'down';
    time.ms = 120_000;
    expect(await staff.isStaff(sales, user('alice'))).toBe(true);
  });
});
