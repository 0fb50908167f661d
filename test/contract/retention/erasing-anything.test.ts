import { describe, expect, jest, test } from '@jest/globals';
import { writerParts } from '../../../src/app/writer-parts.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft, DraftOf } from '../../../src/core/entry.ts';
import {
  must,
  noMillis,
  parseAddress,
  parseAlarmId,
  parseConnectorId,
  parseDeskId,
  parseEventId,
  parseLineId,
  parseMediaUri,
  parseMillis,
  parseNetworkId,
  parsePortalId,
  parseContactId,
  parseRemoteId,
  parseRoomId,
  parseUserId,
  type Position,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { openTestJournal, draftOf, newPlace } from '../../support/journal.ts';
import { erasedDraft, positionAt, rebuilt } from '../../support/erasing.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { refusedText, verdictOn } from '../../support/verdicts.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import type { OpenJournal } from '../../../src/journal/open-journal.ts';

jest.setTimeout(240_000);

const serverOf = postgresForTests();
const { parts } = writerParts('acme.example');

const portalRoom = must(parseRoomId('!portal:acme.example'));
const desk = must(parseRoomId('!desk:acme.example'));
const other = must(parseRoomId('!other:acme.example'));
const portal = must(parsePortalId('p1'));
const carrier = must(parseConnectorId('carrier'));
const sms = must(parseNetworkId('sms'));
const sales = must(parseLineId('sales'));
const alice = '@alice:acme.example';
const bot = '@gatehouse:acme.example';
const ghost = '@_gatehouse_sms_12025550199:acme.example';

let clock = 0;

function event(
  id: string,
  content: JsonObject,
  more: { room?: typeof desk; sender?: string; type?: string; state_key?: string; redacts?: string } = {},
): Draft {
  clock += 1_000;
  const at = must(parseMillis(1_772_000_000_000 + clock));
  const { room = portalRoom, sender = alice, type = 'm.room.message', state_key, redacts } = more;
  return {
    kind: 'matrix.event',
    at,
    source: { system: 'matrix', id, sure: true },
    actor: sender,
    body: {
      ...{ event_id: must(parseEventId(id)), type, room_id: room, sender: must(parseUserId(sender)) },
      ...{ origin_server_ts: at, content },
      ...(state_key === undefined ? {} : { state_key }),
      ...(redacts === undefined ? {} : { redacts: must(parseEventId(redacts)) }),
    },
  };
}

function text(id: string, body: string, more: Parameters<typeof event>[2] = {}): Draft {
  return event(id, { msgtype: 'm.text', body }, more);
}

function member(id: string, who: string, membership: string, room = portalRoom): Draft {
  const avatar = membership === 'join' ? { avatar_url: 'mxc://acme.example/face' } : {};
  return event(id, { membership, ...avatar }, { type: 'm.room.member', state_key: who, sender: who, room });
}

function customer(id: string, said: string, fromName?: string): DraftOf<'network.message'> {
  return {
    kind: 'network.message',
    at: noMillis,
    source: { system: 'network:carrier', id, sure: true },
    line: sales,
    body: {
      ...{ connector: carrier, network: sms, text: said, ...(fromName === undefined ? {} : { fromName }) },
      ...{ to: must(parseAddress('+12025550100')), from: must(parseAddress('+12025550199')) },
    },
  };
}

/** As its edit names it. */
function named(id: string, said: string): DraftOf<'network.message'> {
  const made = customer(id, said);
  return { ...made, body: { ...made.body, remoteId: must(parseRemoteId('r4')) } };
}

function changed(id: string, said: string): Draft {
  const { body, ...made } = customer(id, said);
  return { ...made, kind: 'network.edit', body: { ...body, target: must(parseRemoteId('r4')) } };
}

function inGroup(id: string, members: readonly string[]): Draft {
  const made = customer(id, 'to all');
  const all = members.map((address) => ({ address: must(parseAddress(address)) }));
  return { ...made, body: { ...made.body, group: { id: must(parseAddress('group:7')), members: all } } };
}

function shown(of: number, [eventId, ...further]: readonly [string, ...string[]]): Draft {
  const events = { eventId: must(parseEventId(eventId)), further: further.map((one) => must(parseEventId(one))) };
  const body = { of: positionAt(of), target: 'matrix', state: 'sent', ...events } as const;
  return draftOf('delivery.outcome', body, { room: portalRoom });
}

function receipt(remote: string, state: 'delivered' | 'read'): Draft {
  const body = { connector: carrier, network: sms, remoteId: must(parseRemoteId(remote)), state };
  return draftOf('network.receipt', body);
}

const answersTo = (id: string, key: string): JsonObject => ({
  'm.relates_to': { rel_type: 'm.annotation', event_id: id, key },
});

/** A bit of everything that the tables are made of; positions are its indexes from 1. */
function history(): readonly Draft[] {
  const of = (position: number) => ({ of: positionAt(position), target: 'network' as const });
  return [
    customer('c1', 'first words', 'Annie'), // 1: makes contact c1 and portal p1
    draftOf('portal.opened', {
      ...{ portal, room: portalRoom, line: sales, contact: must(parseContactId('c1')), network: sms },
    }),
    draftOf('room.made', { room: desk, use: { kind: 'desk', desk: must(parseDeskId('compliance')) } }),
    member('$m1', ghost, 'join'),
    member('$m2', alice, 'join'), // 5
    event('$name1', { name: 'Annie (old)' }, { type: 'm.room.name', state_key: '', sender: bot }),
    event('$name2', { name: 'Ann' }, { type: 'm.room.name', state_key: '', sender: bot }),
    text('$shown1', 'first words', { sender: ghost }),
    text('$out1', 'an answer'),
    verdictOn(9, 'quarantine', ['card-number'], { until: must(parseMillis(1_900_000_000_000)) }), // 10
    draftOf('policy.approved', {
      ...{ of: positionAt(9), verdict: positionAt(10), content: 'c'.repeat(64) },
      by: must(parseUserId('@bob:acme.example')),
    }),
    draftOf(
      'delivery.attempt',
      { ...of(9), attempt: 1 },
      { source: { system: 'network:carrier', id: 'a1', sure: true } },
    ),
    draftOf('network.account', { connector: carrier, state: 'connected' }),
    draftOf(
      'delivery.outcome',
      { ...of(9), state: 'sent', ids: [must(parseRemoteId('r1')), must(parseRemoteId('r2'))] },
      { source: { system: 'network:carrier', id: 'o1', sure: true } },
    ),
    receipt('r2', 'read'), // 15
    receipt('r1', 'read'),
    event('$mark', answersTo('$out1', 'ok'), { type: 'm.reaction', sender: bot }),
    text('$out2', 'second answer'),
    event('$edit2', {
      ...{
        msgtype: 'm.text',
        body: '* second, better',
        'm.new_content': { msgtype: 'm.text', body: 'second, better' },
      },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$out2' },
    }),
    event('$gone2', {}, { type: 'm.room.redaction', redacts: '$out2' }), // 20
    verdictOn(1, 'flag', ['off-channel'], {}),
    customer('c2', 'more words', 'Ann'),
    draftOf('file.stored', {
      ...{ of: positionAt(9), part: 0, uri: must(parseMediaUri('mxc://acme.example/x')), type: 'text/plain', size: 1 },
      ...{ sha256: 'a'.repeat(64), blob: 'b'.repeat(64), key: 'k' },
    }),
    draftOf('staff.notice', { user: must(parseUserId(alice)), room: desk, notice: 'first-day' }),
    draftOf('alarm.raised', { alarm: must(parseAlarmId('line-silent:sales')), kind: 'line-silent', words: 'silent' }), // 25
    draftOf('alarm.cleared', { alarm: must(parseAlarmId('line-silent:sales')), kind: 'line-silent', words: 'over' }),
    draftOf('clock.jumped', { byMs: 7_200_000 }),
    member('$m3', '@bob:acme.example', 'join', other),
    text('$t1', 'among us', { room: other }),
    text('$t2', 'and again', { room: other, sender: '@bob:acme.example' }), // 30
    member('$m4', '@bob:acme.example', 'leave', other),
    refusedText('a card'),
    draftOf('policy.overridden', {
      ...{ of: positionAt(32), content: 'c'.repeat(64), by: must(parseUserId(alice)), reason: 'it is mine' },
      until: must(parseMillis(1_900_000_000_000)),
    }),
    customer('c3', 'last words'),
    event('$cipher', { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x' }, { type: 'm.room.encrypted', room: other }), // 35
    text('$out3', 'good bye'),
    draftOf('delivery.abandoned', { of: positionAt(36), reason: 'withdrawn' }),
    named('c4', 'helo'),
    shown(38, ['$shown4']),
    changed('e1', 'hello'), // 40
    shown(40, ['$edit4', '$file4']),
    inGroup('g1', ['+12025550199', '+12025550177']),
    inGroup('g2', ['+12025550199']),
    inGroup('g3', ['+12025550199', '+12025550166']),
  ];
}

/** The order of a seed: a small linear congruence, the same on every machine. */
function shuffled(count: number, seed: number): readonly number[] {
  const all = Array.from({ length: count }, (_, i) => i + 1);
  let state = seed;
  for (let i = count - 1; i > 0; i -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = state % (i + 1);
    const [a = 0, b = 0] = [all[i], all[j]];
    all[i] = b;
    all[j] = a;
  }
  return all;
}

async function settleAll(journal: OpenJournal): Promise<void> {
  const range = { from: positionAt(1), to: positionAt(await journal.size()) };
  const tasks = await journal.views.read((reading) => taskSink.planned(range, reading));
  await journal.append([], { settle: tasks.map(({ id: task }) => ({ task, to: 'done' })) });
}

const orders: readonly (readonly [string, readonly number[]])[] = [
  ['oldest first', Array.from({ length: history().length }, (_, i) => i + 1)],
  ['newest first', Array.from({ length: history().length }, (_, i) => history().length - i)],
  ...[3, 17, 4711].map((seed) => [`in the order of seed ${String(seed)}`, shuffled(history().length, seed)] as const),
];

describe.each(['sqlite', 'postgres'] as const)('whatever is erased on %s', (dialect) => {
  const some = dialect === 'sqlite' ? orders : orders.slice(0, 1);
  test.each(some)('%s: what is left is what a rebuild makes of the rest', async (_, order) => {
    const made = await newPlace(serverOf(dialect));
    const { place } = made;
    const first = await openTestJournal({ place, parts, clock: systemClock });
    for (const draft of history()) await first.journal.append([draft]);
    await settleAll(first.journal);
    expect(await first.journal.stale()).toEqual([]);
    await first.close();
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    let left: readonly Position[] = order.map(positionAt);
    let gone = 0;
    for (const step of [4, 6, 8, 10, 40, 40, 40]) {
      const opened = await openTestJournal({ place, parts, clock: systemClock });
      const [due, rest] = [left.slice(0, step), left.slice(step)];
      const [appended] = await opened.journal.append([erasedDraft(due.map((position) => [position, position]))]);
      const entry = appended === undefined ? undefined : await opened.journal.read(appended.position);
      if (entry === undefined || 'erased' in entry || entry.kind !== 'retention.erased')
        throw new Error('not recorded');
      // What had to stay is asked for again, as the next run does.
      left = [...rest, ...entry.body.leftOut.map(({ position }) => position)];
      gone += entry.body.entries;
      await opened.journal.eraseKeys(due);
      await settleAll(opened.journal);
      expect(await opened.journal.stale()).toEqual([]);
      await opened.close();
      const { difference, erased } = await rebuilt(place, parts, true);
      expect({ gone, difference }).toEqual({ gone: erased, difference: undefined });
    }
    expect(gone).toBeGreaterThan(15);
    await rebuilt(place, parts, false);
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    await made.remove();
  });
});
