import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { membersOf, roomsOf } from '../../../src/bridge/portals/room-member-store.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseEventId, parseMillis } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { openCrossings, unreadableRooms } from '../../../src/policy/supervised/supervised-store.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { supervisedParts as parts } from '../../integration/policy/supervised/house.ts';
import { openTestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { alice, bob, now, room } from '../../unit/bot/samples.ts';

const serverOf = postgresForTests();
const [board, deals] = [room('!board:acme.example'), room('!deals:acme.example')];
let counted = 0;

function event(where: typeof board, type: string, content: JsonObject = {}, key?: string): Draft {
  counted += 1;
  const id = must(parseEventId(`$supervised${counted}`));
  const at = must(parseMillis(now + counted));
  const body = { event_id: id, type, room_id: where, sender: alice, origin_server_ts: at, content };
  const source = { system: 'matrix', id, sure: true };
  const whole = key === undefined ? body : { ...body, state_key: key };
  return { kind: 'matrix.event', at, source, room: where, actor: alice, body: whole };
}

function crossing(where: typeof board, over: boolean): Draft {
  counted += 1;
  const source = { system: 'gatehouse', id: `crossing/${counted}`, sure: true };
  const body = { room: where, barrier: ['sales', 'research'] as const, users: [alice], how: 'found' as const, over };
  return { kind: 'policy.barrier-crossed', at: now, source, room: where, body };
}

describe.each(['sqlite', 'postgres'] as const)('rooms that are looked after, on %s', (dialect) => {
  test('what is unreadable is counted by room and message, and given up with the room', async () => {
    await using opened = await openTestJournal({ parts, postgres: serverOf(dialect) });
    const { journal } = opened;
    const count = () => journal.views.read(unreadableRooms);
    expect(await count()).toEqual({ rooms: 0, messages: 0, newest: [] });
    const secret = (where: typeof board): Draft => event(where, 'm.room.encrypted', { ciphertext: 'x' });
    await journal.append([event(board, 'm.room.encryption', {}, ''), secret(board), secret(board), secret(deals)]);
    expect(await count()).toEqual({ rooms: 2, messages: 3, newest: [deals, board] });
    await journal.append([event(board, 'm.room.tombstone', {}, '')]);
    const source = { system: 'gatehouse', id: `gone/${dialect}`, sure: true };
    await journal.append([{ kind: 'room.gone', at: now, source, body: { room: deals, why: 'removed' } }]);
    expect(await count()).toEqual({ rooms: 0, messages: 0, newest: [] });
  });

  test('a crossing is open from its first entry until it is over', async () => {
    await using opened = await openTestJournal({ parts, postgres: serverOf(dialect) });
    const { journal } = opened;
    await journal.append([
      crossing(board, false),
      crossing(deals, false),
      crossing(board, false),
      crossing(deals, true),
    ]);
    const rooms = await journal.views.read(openCrossings);
    expect(rooms).toEqual([{ room: board, first: 'sales', second: 'research', since: 1 }]);
  });

  test('the rooms of a person are those that they are in or invited to', async () => {
    await using opened = await openTestJournal({ parts, postgres: serverOf(dialect) });
    const { journal } = opened;
    const { views } = journal;
    const member = (where: typeof board, who: string, membership: string): Draft =>
      event(where, 'm.room.member', { membership }, who);
    await journal.append([member(board, alice, 'join'), member(board, bob, 'invite'), member(deals, bob, 'join')]);
    await journal.append([member(deals, alice, 'leave')]);
    const of = (...users: (typeof alice)[]) => views.read((reading) => roomsOf(reading, views.sealer, users));
    expect([await of(alice), await of(bob), await of(alice, bob)]).toEqual([[board], [board, deals], [board, deals]]);
    const members = await views.read((reading) => membersOf(reading, views.sealer, board));
    expect(members).toEqual([
      { user: alice, membership: 'join' },
      { user: bob, membership: 'invite' },
    ]);
  });

  test('the tables are what a rebuild makes of the record', async () => {
    await using opened = await openTestJournal({ parts, postgres: serverOf(dialect) });
    await opened.journal.append([
      event(board, 'm.room.encryption', {}, ''),
      event(board, 'm.room.encrypted'),
      crossing(deals, false),
    ]);
    await opened.close();
    const joined = { parts, tasks: taskSink };
    const hooks = { clock: systemClock, committed: () => undefined };
    await using writer = await openWriter(opened.place, joined, hooks);
    const { database, keys, search } = writer;
    expect((await rebuild({ ...joined, database, keys, search, check: true })).difference).toBeUndefined();
  });
});
