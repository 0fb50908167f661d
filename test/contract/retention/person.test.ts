/** A person's erasure means the same on both databases: what is theirs, what goes, what stays and by which law. */
import { describe, expect, test } from '@jest/globals';
import { systemClock, wait } from '../../../src/core/clock.ts';
import type { Draft, DraftOf } from '../../../src/core/entry.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { must, parseClassId, parseContactId, parseEventId, parseMillis } from '../../../src/core/ids.ts';
import { parseRoomId, parseUserId, type Position } from '../../../src/core/ids.ts';
import type { DsarWants, Subject } from '../../../src/core/person-entries.ts';
import type { KeptClass } from '../../../src/core/retention-entries.ts';
import {
  RetentionHouse,
  DAY_MS,
  keptClass,
  olivia,
  omar,
  position,
  SetClock,
  START,
} from '../../support/retention-house.ts';
import { holdOn } from '../../support/holds.ts';
import { rebuilt } from '../../support/erasing.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const ann = must(parseContactId('c1000001'));
const bea = must(parseContactId('c1000002'));
const room = must(parseRoomId('!deals:acme.example'));
const at = { by: olivia, room, event: must(parseEventId('$asked')) };
const alice = '@alice:acme.example';
const bob = '@bob:acme.example';
let made = 0;

interface Saying {
  readonly contact?: typeof ann;
  readonly content?: JsonObject;
  readonly type?: string;
  readonly class?: string;
}

function said(house: RetentionHouse, sender: string, more: Saying = {}): Draft & { readonly kind: 'matrix.event' } {
  made += 1;
  const id = must(parseEventId(`$person-${String(made)}`));
  const time = must(parseMillis(house.clock.now()));
  const from = must(parseUserId(sender));
  const { contact, content = { msgtype: 'm.text', body: 'hello' }, type = 'm.room.message' } = more;
  return {
    kind: 'matrix.event',
    ...{ at: time, actor: from, room, direction: 'internal', ...(contact === undefined ? {} : { contact }) },
    ...(more.class === undefined ? {} : { class: must(parseClassId(more.class)) }),
    source: { system: 'matrix', id, sure: true },
    body: { event_id: id, type, room_id: room, sender: from, origin_server_ts: time, content },
  };
}

function say(house: RetentionHouse, sender: string, more: Saying = {}): Promise<Position> {
  return house.put(said(house, sender, more));
}

async function eventAt(house: RetentionHouse, at: Position): Promise<string> {
  const entry = await house.test.journal.read(at);
  if (entry?.kind !== 'matrix.event' || 'erased' in entry) throw new Error('no event is there');
  return entry.body.event_id;
}

const own = (id: string, days: number): KeptClass => ({ ...keptClass(id, days, days), own: true });

const subjectOf = (more: Partial<Subject>): Subject => ({ contacts: [], users: [], ...more });

async function open(house: RetentionHouse, subject: Subject, wants: DsarWants = 'erase'): Promise<Position> {
  const due = must(parseMillis(house.clock.now() + 30 * DAY_MS));
  const request = await house.append('dsar.opened', { subject, wants, due, by: olivia, at }, { actor: olivia });
  await house.idle();
  return request;
}

/** By two officers. */
async function decide(house: RetentionHouse, request: Position): Promise<Position> {
  const look = (await house.of('dsar.looked')).find(({ body }) => body.request === request)?.position;
  if (look === undefined) throw new Error('nobody has looked');
  const asked = await house.append('dsar.run-requested', { request, look, by: olivia, at }, { actor: olivia });
  return house.append('dsar.decided', { request, asked, by: olivia, approvedBy: omar }, { actor: omar });
}

async function countsOf(house: RetentionHouse, kind: 'dsar.looked' | 'dsar.erased') {
  return (await house.of(kind)).at(-1)?.body.counts.map(({ from: _f, to: _t, ...count }) => count);
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  test('an inventory says of each record what would come of it, and touches none', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    await house.classes([own('usual', 30), keptClass('law', 100, 100)], 'usual', [
      { name: 'alice', class: must(parseClassId('law')), to: { users: [must(parseUserId(alice))] } },
    ]);
    await say(house, bob, { contact: ann });
    await say(house, alice, { contact: ann });
    await say(house, bob, { contact: bea });
    await house.test.journal.append([await holdOn('acme', 'promise')]);
    await say(house, bob, { contact: ann, content: { msgtype: 'm.text', body: 'a promise' } });
    const request = await open(house, subjectOf({ contacts: [ann] }));
    expect(await countsOf(house, 'dsar.looked')).toEqual([
      { outcome: 'erased', class: 'usual', entries: 1, files: 0 },
      { outcome: 'hold', hold: 'acme', entries: 1, files: 0 },
      {
        ...{ outcome: 'duty', class: 'law', authority: 'the paragraph of law', until: START + 100 * DAY_MS },
        ...{ entries: 1, files: 0 },
      },
    ]);
    expect(await house.erased()).toEqual([]);
    expect(await house.of('retention.run')).toEqual([]);
    expect((await house.of('dsar.looked'))[0]?.body).toMatchObject({ request, because: request, looked: START });
  });

  test('what nothing keeps goes with all that speaks of it and quotes it; nothing of anybody else', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    await house.classes([own('usual', 30)], 'usual');
    const hers = await say(house, bob, { contact: ann });
    const other = await say(house, bob, { contact: bea });
    const attempt = await house.append('delivery.attempt', { of: hers, attempt: 1, target: 'network' });
    const relates = { rel_type: 'm.annotation', event_id: await eventAt(house, hers), key: '👍' };
    const reaction = await say(house, bob, { type: 'm.reaction', content: { 'm.relates_to': relates } });
    const quoting = { msgtype: 'm.text', body: '“hello”', 'org.gatehouse.refs': [hers, other] };
    const copy = await say(house, '@compliance:acme.example', { content: quoting });
    // Theirs by its contact, and a part of what somebody else said.
    const redacts = { redacts: await eventAt(house, other) };
    const redaction = await say(house, bob, { contact: ann, type: 'm.room.redaction', content: redacts });
    const request = await open(house, subjectOf({ contacts: [ann] }));
    const decided = await decide(house, request);
    await house.idle();
    const gone = [hers, attempt, reaction, copy];
    expect(await house.erased()).toEqual(gone);
    expect(await countsOf(house, 'dsar.erased')).toEqual([
      { outcome: 'erased', class: 'usual', entries: 4, files: 0 },
      { outcome: 'others', entries: 1, files: 0 },
    ]);
    const [run] = await house.of('retention.run');
    const [certificate, ...more] = await house.of('retention.certificate');
    expect(more).toEqual([]);
    expect(run?.body).toMatchObject({ because: decided, dsar: request });
    expect(certificate?.body).toMatchObject({
      ...{ run: run?.position, dsar: request, approvers: [olivia, omar] },
      gone: [{ class: 'usual', entries: 4 }],
      stays: [{ why: 'others', entries: 1 }],
    });
    for (const batch of await house.of('retention.erased')) {
      expect(batch.body.authority).toBe('Regulation (EU) 2016/679, Article 17');
    }
    const kept = await house.test.journal.readMany([other, redaction]);
    expect(kept.every((entry) => !('erased' in entry))).toBe(true);
    // The same counts were promised.
    expect(await countsOf(house, 'dsar.looked')).toEqual(await countsOf(house, 'dsar.erased'));
  });

  test('of staff, what they wrote goes as far as no law asks for it; what others answered stays', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    await house.classes([own('usual', 30), keptClass('law', 100, 100)], 'usual', [
      { name: 'bea', class: must(parseClassId('law')), to: { kind: 'matrix.event', verdict: 'flagged' } },
    ]);
    const idle = await say(house, alice);
    const answer = await say(house, bob);
    const reaction = await say(house, alice, {
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: await eventAt(house, answer), key: '👍' } },
    });
    await decide(house, await open(house, subjectOf({ users: [must(parseUserId(alice))] })));
    await house.idle();
    expect(await house.erased()).toEqual([idle]);
    expect((await house.test.journal.read(reaction))?.kind).toBe('matrix.event');
  });

  test('a rebuild knows the same requests, and leaves out the same records', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    await house.classes([own('usual', 30)], 'usual');
    await say(house, bob, { contact: ann });
    const request = await open(house, subjectOf({ contacts: [ann] }));
    await decide(house, request);
    await house.idle();
    await house.stop();
    const result = await rebuilt(house.test.place, RetentionHouse.partsWith([]), true);
    expect(result.difference).toBeUndefined();
  });
});

describe('while a person’s erasure is under way', () => {
  async function begun(most: number, work: (house: RetentionHouse, theirs: readonly Position[]) => Promise<unknown>) {
    const clock = new SetClock(START);
    const house = await RetentionHouse.open({ clock });
    house.start();
    await house.classes([own('usual', 30)], 'usual');
    const theirs: Position[] = [];
    for (let i = 0; i < most; i += 1) {
      const content = { msgtype: 'm.text', body: i % 2 === 0 ? 'a promise' : 'hello' };
      theirs.push(await say(house, bob, { contact: ann, content }));
    }
    const request = await open(house, subjectOf({ contacts: [ann] }));
    const from = await house.test.journal.size();
    let doing: Promise<unknown> | undefined;
    house.test.journal.onCommitted(({ to }) => {
      // The fourth entry after the inventory is the first that erases: all were looked at by then.
      if (to >= from + 4) doing ??= work(house, theirs);
    });
    await decide(house, request);
    await house.idle();
    await doing;
    return { house, theirs };
  }

  test('a hold that is placed wins from that very commit', async () => {
    const ran = await begun(120, async (inside) => inside.test.journal.append([await holdOn('acme', 'promise')]));
    await using house = ran.house;
    const { theirs } = ran;
    const hold = (await house.of('hold.placed'))[0]?.position ?? 0;
    const promised = new Set(theirs.filter((_at, i) => i % 2 === 0));
    for (const { position: batch, body } of await house.of('retention.erased')) {
      const named = [...promised].filter((one) => body.spans.some(([first, last]) => first <= one && one <= last));
      expect(batch > hold ? named : []).toEqual([]);
    }
    const erased = new Set(await house.erased());
    const kept = [...promised].filter((one) => !erased.has(one)).length;
    expect(kept).toBeGreaterThan(0);
    expect(await countsOf(house, 'dsar.erased')).toContainEqual({
      ...{ outcome: 'hold', hold: 'acme', entries: kept, files: 0 },
    });
  });

  test('what a newer class keeps stays, and the run is not taken for one that classes disarmed', async () => {
    const ran = await begun(120, (inside) =>
      inside.classes([own('usual', 30), keptClass('law', 100, 100)], 'usual', [
        { name: 'room', class: must(parseClassId('law')), to: { rooms: [room] } },
      ]),
    );
    await using house = ran.house;
    const { theirs } = ran;
    const changed = (await house.of('retention.classes'))[1]?.position ?? 0;
    const since = (await house.of('retention.erased')).filter((batch) => batch.position > changed);
    expect(since.map(({ body }) => body.entries).filter((entries) => entries > 0)).toEqual([]);
    const kept = theirs.length - (await house.erased()).length;
    expect(kept).toBeGreaterThan(0);
    expect(await countsOf(house, 'dsar.erased')).toContainEqual({
      ...{ outcome: 'duty', class: 'law', authority: 'the paragraph of law', until: START + 100 * DAY_MS },
      ...{ entries: kept, files: 0 },
    });
  });

  test('nothing goes in it but what is theirs, whoever asks', async () => {
    const ran = await begun(1, () => Promise.resolve());
    await using house = ran.house;
    const run = await house.append('retention.run', {
      ...{ because: position(1), dsar: position(2), classes: await house.digest() },
      ...{ until: must(parseMillis(START)), size: 1, root: '' },
    });
    const stranger = await say(house, bob, { contact: bea });
    const body: DraftOf<'retention.erased'>['body'] = {
      ...{ run, class: must(parseClassId('usual')), authority: 'none', entries: 1, leftOut: [] },
      spans: [[stranger, stranger]],
    };
    const at = await house.append('retention.erased', body);
    const batch = (await house.of('retention.erased')).find((one) => one.position === at);
    expect(batch?.body).toMatchObject({ entries: 0, leftOut: [{ position: stranger, why: 'others' }] });
    await house.append('retention.certificate', {
      ...{
        run,
        classes: '0'.repeat(64),
        until: must(parseMillis(START)),
        approvers: [],
        gone: [],
        stays: [],
        stores: [],
      },
      ...{ before: { size: 1, root: '' }, after: { size: 1, root: '' }, finalAt: must(parseMillis(START)) },
      ...{ sha256: '0'.repeat(64), signature: '' },
    });
  });
});

describe('a person’s erasure', () => {
  test('goes on after it was stopped, and ends with one certificate and what came of everything', async () => {
    const clock = new SetClock(START);
    await using first = await RetentionHouse.open({ clock });
    first.start();
    await first.classes([own('usual', 30)], 'usual');
    const theirs: Position[] = [];
    for (let i = 0; i < 100; i += 1) {
      const hers = await say(first, bob, { contact: ann });
      theirs.push(hers, await first.append('delivery.attempt', { of: hers, attempt: 1, target: 'network' }));
    }
    const request = await open(first, subjectOf({ contacts: [ann] }));
    const from = await first.test.journal.size();
    const some = Promise.withResolvers<undefined>();
    first.test.journal.onCommitted(({ to }) => {
      if (to >= from + 8) some.resolve(undefined);
    });
    await decide(first, request);
    await some.promise;
    await first.stop(0);
    await using again = await RetentionHouse.open({ clock, place: first.test.place });
    expect(await again.of('retention.certificate')).toEqual([]);
    again.start();
    await again.idle();
    expect(await again.erased()).toEqual(theirs);
    expect(await again.of('retention.certificate')).toHaveLength(1);
    expect(await again.of('retention.run')).toHaveLength(1);
    expect(await countsOf(again, 'dsar.erased')).toEqual([
      { outcome: 'erased', class: 'usual', entries: 200, files: 0 },
    ]);
  });

  test('waits where the clock was set, until an officer says that it is right', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock });
    house.start();
    await house.classes([own('usual', 30)], 'usual');
    await say(house, bob, { contact: ann });
    const request = await open(house, subjectOf({ contacts: [ann] }));
    house.suspect = { byMs: 2 * 3_600_000, since: must(parseMillis(START)) };
    await decide(house, request);
    while ((await house.of('retention.run')).length === 0) await house.idle();
    expect((await house.of('retention.run')).map(({ body }) => body.refused)).toEqual(['clock']);
    expect(await house.erased()).toEqual([]);
    await house.append('retention.clock-confirmed', { by: olivia, byMs: 2 * 3_600_000 });
    while ((await house.of('dsar.erased')).length === 0) await wait(systemClock, 50);
    expect((await house.of('retention.run')).map(({ body }) => body.refused)).toEqual(['clock', undefined]);
    expect(await house.erased()).toHaveLength(1);
  });
});
