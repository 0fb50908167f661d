import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft, DraftOf, EntryBodies, EntryKind } from '../../../src/core/entry.ts';
import { must, parseContactId, parsePortalId, parsePosition, taskIdFor, type Position } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { PolicyBodies } from '../../../src/core/policy-entries.ts';
import { botWriterPart } from '../../../src/bot/projections.ts';
import { cardOf, cardPart, cardsFor, isTakenBack } from '../../../src/bot/compliance/card-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import {
  itemsBeforeOn,
  newestVerdict,
  openItems,
  verdictAt,
  verdictsAbout,
} from '../../../src/policy/verdicts/verdict-store.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { alice, ann, bob, desk, domain, event, millis } from '../../unit/bot/samples.ts';
import { now, olivia, room, sales, sms, user } from '../../unit/bot/samples.ts';

const serverOf = postgresForTests();
const portalRoom = room('!portal:acme.example');
const deskRoom = room('!desk:acme.example');
const compliance = user('@compliance:acme.example');
const content = 'c'.repeat(64);
const parts = [bridgeWriterPart({ domain }), verdictsWriterPart(), botWriterPart({ domain })];
let counted = 0;

type Plain = { readonly [K in EntryKind]: { readonly kind: K; readonly body: EntryBodies[K] } }[EntryKind];

function ours(plain: Plain): Draft {
  counted += 1;
  return { ...plain, at: now, source: { system: 'gatehouse', id: `${plain.kind}/${counted}`, sure: true } };
}

interface Written {
  readonly type?: string;
  readonly where?: typeof portalRoom;
  readonly redacts?: ReturnType<typeof event>;
}

function said(from: typeof alice, words: JsonObject, more: Written = {}): DraftOf<'matrix.event'> {
  counted += 1;
  const { type = 'm.room.message', where = portalRoom, redacts } = more;
  const id = event(`$said${counted}`);
  const body = { event_id: id, type, room_id: where, sender: from, origin_server_ts: now, content: words };
  return {
    ...{ kind: 'matrix.event', at: now, source: { system: 'matrix', id, sure: true }, actor: from, room: where },
    body: redacts === undefined ? body : { ...body, redacts },
  };
}

const text = (body: string): JsonObject => ({ msgtype: 'm.text', body });

function edit(from: typeof alice, of: DraftOf<'matrix.event'>, body: string): DraftOf<'matrix.event'> {
  const relation = { rel_type: 'm.replace', event_id: of.body.event_id };
  return said(from, { ...text(`* ${body}`), 'm.new_content': text(body), 'm.relates_to': relation });
}

function redaction(from: typeof alice, of: DraftOf<'matrix.event'>, where = portalRoom): DraftOf<'matrix.event'> {
  return said(from, {}, { type: 'm.room.redaction', redacts: of.body.event_id, where });
}

function reaction(from: typeof alice, of: DraftOf<'matrix.event'>): DraftOf<'matrix.event'> {
  const relation = { rel_type: 'm.annotation', event_id: of.body.event_id, key: '✅' };
  return said(from, { 'm.relates_to': relation }, { type: 'm.reaction', where: deskRoom });
}

function verdict(of: Position, more: Partial<PolicyBodies['policy.verdict']> = {}): Draft {
  const until = millis(now + 1_000);
  const body = { of, rules: 'a'.repeat(64), content, hits: [], unread: [], consequence: 'quarantine' as const, until };
  return ours({ kind: 'policy.verdict', body: { ...body, ...more } });
}

function decision(kind: 'policy.approved' | 'policy.rejected', of: Position, at: Position): Draft {
  return ours({ kind, body: { of, verdict: at, content, by: olivia } });
}

class World implements AsyncDisposable {
  readonly test: TestJournal;
  constructor(test: TestJournal) {
    this.test = test;
  }

  static async open(server: ReturnType<typeof serverOf>): Promise<World> {
    const world = new World(await openTestJournal({ parts, postgres: server }));
    await world.put({
      kind: 'network.message',
      ...{ at: now, source: { system: 'network:carrier', id: 'm1', sure: true }, line: sales.id },
      body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text: 'Hi' },
    });
    const [portal, contact] = [must(parsePortalId('p1')), must(parseContactId('c1'))];
    const opened = { portal, room: portalRoom, line: sales.id, contact, network: sms };
    await world.put(ours({ kind: 'portal.opened', body: opened }));
    await world.put(ours({ kind: 'room.made', body: { room: deskRoom, use: { kind: 'desk', desk: desk.id } } }));
    return world;
  }

  async put(draft: Draft): Promise<Position> {
    const [appended] = await this.test.journal.append([draft]);
    return must(parsePosition(appended?.position));
  }

  async state(at: Position): Promise<string | undefined> {
    return (await this.test.views.read((reading) => verdictAt(reading, at)))?.state;
  }

  /** Which of the policy's tasks follow from this entry, by their lanes. */
  async tasks(of: Position): Promise<Readonly<Record<string, string>>> {
    const kinds = ['policy.card', 'policy.card-done', 'policy.expire', 'policy.remind', 'policy.decide'];
    const found = await this.test.views.read(async (reading) => {
      const all = [];
      for (const kind of kinds) all.push(await taskWithId(reading, taskIdFor(of, kind)));
      return all;
    });
    return Object.fromEntries(found.flatMap((task) => (task === undefined ? [] : [[task.kind, task.lane]])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }
}

describe.each(['sqlite', 'postgres'] as const)('verdicts on %s', (dialect) => {
  const open = (): Promise<World> => World.open(serverOf(dialect));

  test('a quarantine is open, has a card and ends by itself', async () => {
    await using world = await open();
    const of = await world.put(said(alice, text('use 4111')));
    const at = await world.put(verdict(of));
    expect(await world.test.views.read((reading) => newestVerdict(reading, of, content))).toMatchObject({
      ...{ position: at, of, content, consequence: 'quarantine', state: 'open', until: now + 1_000 },
    });
    expect(await world.test.views.read((reading) => newestVerdict(reading, of, 'd'.repeat(64)))).toBeUndefined();
    expect(await world.tasks(at)).toEqual({
      'policy.card': `desk:card-${at}`,
      'policy.expire': `settle:verdict-${at}`,
      'policy.remind': `settle:remind-${at}`,
    });
  });

  test('a warning is its sender’s to answer: no card, and it ends by itself', async () => {
    await using world = await open();
    const of = await world.put(said(alice, text('trust me')));
    const at = await world.put(verdict(of, { consequence: 'warn' }));
    expect(await world.state(at)).toBe('open');
    expect(await world.tasks(at)).toEqual({ 'policy.expire': `settle:verdict-${at}` });
    const by = { of: at, message: of, content, by: alice, reason: 'she asked for it', until: millis(now + 1_000) };
    await world.put(ours({ kind: 'policy.overridden', body: by }));
    expect(await world.state(at)).toBe('overridden');
  });

  test.each(['observe', 'flag', 'redact', 'block', 'none'] as const)('%s waits for nobody', async (consequence) => {
    await using world = await open();
    const of = await world.put(said(alice, text('hello')));
    const at = await world.put(verdict(of, { consequence }));
    expect(await world.state(at)).toBe('closed');
    expect(await world.tasks(at)).toEqual({});
  });

  test('the first decision wins, whatever follows, and only it changes the card', async () => {
    await using world = await open();
    const of = await world.put(said(alice, text('use 4111')));
    const at = await world.put(verdict(of));
    const first = await world.put(decision('policy.rejected', of, at));
    const second = await world.put(decision('policy.approved', of, at));
    const third = await world.put(ours({ kind: 'policy.expired', body: { of, verdict: at } }));
    expect(await world.test.views.read((reading) => verdictAt(reading, at))).toMatchObject({
      ...{ state: 'rejected', changed: first },
    });
    expect(await world.tasks(first)).toEqual({ 'policy.card-done': `desk:card-${at}` });
    expect([await world.tasks(second), await world.tasks(third)]).toEqual([{}, {}]);
  });

  test('a deleted message’s verdict is withdrawn, and so is a cancelled one’s', async () => {
    await using world = await open();
    const message = said(alice, text('use 4111'));
    const of = await world.put(message);
    const at = await world.put(verdict(of));
    const by = await world.put(redaction(alice, message));
    expect(await world.state(at)).toBe('withdrawn');
    expect(await world.tasks(by)).toEqual({ 'policy.card-done': `desk:card-${at}` });
    const other = await world.put(said(alice, text('use 5500')));
    const second = await world.put(verdict(other));
    await world.put(ours({ kind: 'delivery.abandoned', body: { of: other, reason: 'internal' } }));
    expect(await world.state(second)).toBe('open');
    await world.put(ours({ kind: 'delivery.abandoned', body: { of: other, reason: 'withdrawn', by: alice } }));
    expect(await world.state(second)).toBe('withdrawn');
  });

  test('an edit of its author supersedes it, another’s does not; the new text has a verdict of its own', async () => {
    await using world = await open();
    const message = said(alice, text('use 4111'));
    const of = await world.put(message);
    const at = await world.put(verdict(of));
    await world.put(edit(bob, message, 'use nothing'));
    expect(await world.state(at)).toBe('open');
    const version = await world.put(edit(alice, message, 'use 5500'));
    expect(await world.state(at)).toBe('superseded');
    const next = await world.put(verdict(of, { version, content: 'd'.repeat(64) }));
    expect(await world.state(next)).toBe('open');
    expect(await world.tasks(next)).toMatchObject({ 'policy.card': `desk:card-${next}` });
  });

  test('what was edited or deleted while it was judged needs no decision', async () => {
    await using world = await open();
    const [first, second] = [said(alice, text('use 4111')), said(alice, text('use 5500'))];
    const [edited, deleted] = [await world.put(first), await world.put(second)];
    await world.put(edit(alice, first, 'use nothing'));
    await world.put(redaction(alice, second));
    expect(await world.state(await world.put(verdict(edited)))).toBe('superseded');
    const gone = await world.put(verdict(deleted));
    expect(await world.state(gone)).toBe('withdrawn');
    expect(await world.tasks(gone)).toEqual({});
    // Asked for again by hand, it is judged like any other.
    await world.put(ours({ kind: 'delivery.retry', body: { of: deleted, by: alice } }));
    expect(await world.state(await world.put(verdict(deleted)))).toBe('open');
  });

  test('what its sender does once it is with the network changes nothing', async () => {
    await using world = await open();
    const message = said(alice, text('hello'));
    const of = await world.put(message);
    const sent = { of, target: 'network', state: 'sent' } as const;
    await world.put(ours({ kind: 'delivery.outcome', body: sent }));
    await world.put(edit(alice, message, 'hallo'));
    await world.put(ours({ kind: 'delivery.outcome', body: { ...sent, state: 'failed', reason: 'rejected' } }));
    await world.put(ours({ kind: 'delivery.retry', body: { of, by: alice } }));
    expect(await world.state(await world.put(verdict(of)))).toBe('open');
  });

  test('a newer verdict on a message takes the place of an open one', async () => {
    await using world = await open();
    const of = await world.put(said(alice, text('use 4111')));
    const first = await world.put(verdict(of));
    const second = await world.put(verdict(of));
    expect([await world.state(first), await world.state(second)]).toEqual(['superseded', 'open']);
    expect(await world.tasks(second)).toEqual({
      'policy.card': `desk:card-${second}`,
      'policy.card-done': `desk:card-${first}`,
      'policy.expire': `settle:verdict-${second}`,
      'policy.remind': `settle:remind-${second}`,
    });
    expect(await world.test.views.read((reading) => newestVerdict(reading, of, content))).toMatchObject({
      position: second,
    });
  });

  test('what is known of a record is what was said of its own text; items that wait are known, oldest first', async () => {
    await using world = await open();
    const message = said(alice, text('use 4111'));
    const of = await world.put(message);
    const first = await world.put(verdict(of));
    const version = await world.put(edit(alice, message, 'use 5500'));
    const second = await world.put(verdict(of, { version, content: 'd'.repeat(64) }));
    const other = await world.put(said(alice, text('use 6011')));
    const third = await world.put(verdict(other));
    const warned = await world.put(said(alice, text('trust me')));
    await world.put(verdict(warned, { consequence: 'warn' }));
    const about = async (record: Position) =>
      (await world.test.views.read((reading) => verdictsAbout(reading, record))).map(({ position }) => position);
    expect([await about(of), await about(version), await about(other)]).toEqual([[first], [second], [third]]);
    const waiting = async () =>
      (await world.test.views.read((reading) => openItems(reading))).map(({ position }) => position);
    expect(await waiting()).toEqual([second, third]);
    const before = await world.test.views.read((reading) => itemsBeforeOn(reading, third));
    expect(before.map(({ position }) => position)).toEqual([second, first]);
    const bobs = await world.put(verdict(await world.put(said(bob, text('use 3782')))));
    expect(await world.test.views.read((reading) => itemsBeforeOn(reading, bobs))).toEqual([]);
    await world.put(decision('policy.rejected', of, second));
    expect(await waiting()).toEqual([third, bobs]);
  });

  test('a card is what @compliance itself showed; a tap is known, and known to be taken back', async () => {
    await using world = await open();
    const of = await world.put(said(alice, text('use 4111')));
    const at = await world.put(verdict(of));
    const mark = { 'org.gatehouse.source': { position: at, part: cardPart(deskRoom) } };
    const card = said(compliance, { ...text('card'), ...mark }, { where: deskRoom });
    const forged = said(olivia, { ...text('card'), ...mark }, { where: deskRoom });
    const elsewhere = said(compliance, { ...text('card'), ...mark });
    for (const draft of [card, forged, elsewhere]) await world.put(draft);
    const { views } = world.test;
    const shown = { event: card.body.event_id, room: deskRoom, about: at };
    expect(await views.read((reading) => cardOf(reading, card.body.event_id))).toEqual(shown);
    expect(await views.read((reading) => cardOf(reading, forged.body.event_id))).toBeUndefined();
    expect(await views.read((reading) => cardsFor(reading, at))).toEqual([shown]);

    const tap = reaction(olivia, card);
    const tapped = await world.put(tap);
    expect(await world.tasks(tapped)).toEqual({ 'policy.decide': `desk:${deskRoom}` });
    expect(await views.read((reading) => isTakenBack(reading, tap.body.event_id))).toBe(false);
    await world.put(redaction(olivia, tap, deskRoom));
    expect(await views.read((reading) => isTakenBack(reading, tap.body.event_id))).toBe(true);
    expect(await world.tasks(await world.put(reaction(compliance, card)))).toEqual({});
  });

  test('the tables are a pure function of the record: a rebuild finds no difference', async () => {
    const world = await open();
    const message = said(alice, text('use 4111'));
    const of = await world.put(message);
    const first = await world.put(verdict(of));
    await world.put(edit(alice, message, 'use 5500'));
    const second = await world.put(verdict(of));
    const mark = { 'org.gatehouse.source': { position: first, part: cardPart(deskRoom) } };
    const card = said(compliance, { ...text('card'), ...mark }, { where: deskRoom });
    await world.put(card);
    await world.put(reaction(olivia, card));
    await world.put(decision('policy.approved', of, second));
    await world.put(redaction(alice, message));
    expect(await world.test.journal.stale()).toEqual([]);
    await world.test.close();
    const joined = { parts, tasks: taskSink };
    {
      const hooks = { clock: systemClock, committed: () => undefined };
      await using writer = await openWriter(world.test.place, joined, hooks);
      const { database, keys, search } = writer;
      expect((await rebuild({ ...joined, database, keys, search, check: true })).difference).toBeUndefined();
    }
    await world[Symbol.asyncDispose]();
  });
});
