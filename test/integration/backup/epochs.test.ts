import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import {
  must,
  nextPosition,
  parseClassId,
  parseEventId,
  parsePosition,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { EpochOf } from '../../../src/core/shown-source.ts';
import { createMatrix } from '../../../src/matrix/matrix.ts';
import { marksOn } from '../../../src/bridge/marks/mark-store.ts';
import { draftOf } from '../../support/journal.ts';
import { eventDraft } from '../bridge/fake-homeserver.ts';
import { alice, openHouse, type House } from '../bridge/house.ts';
import { MemoryRecorder } from '../matrix/memory-recorder.ts';
import { keptLog, noMetrics } from '../matrix/quiet.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
const ghost = must(parseUserId('@_gh_sms_12025550199:acme.example'));
const room = must(parseRoomId('!room:acme.example'));

interface Seen {
  readonly path: string;
  readonly body: unknown;
}

/** A homeserver that takes what is sent, and has these events in every room. */
async function sending(epochOf: EpochOf | undefined, events: readonly JsonObject[] = []) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const path = new URL(request.url ?? '', 'http://here').pathname;
      if (request.method === 'PUT') seen.push({ path, body: JSON.parse(Buffer.concat(pieces).toString('utf8')) });
      const answer = path.endsWith('/messages') ? { chunk: events } : { event_id: '$sent' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const service = { tokens: { as: 'ours', hs: 'theirs' }, listen: { host: '127.0.0.1', port: 0 } };
  const matrix = await createMatrix({
    ...{ domain: 'acme.example', url: `http://127.0.0.1:${String(port)}`, bridge: service, archive: service },
    ...{ protocols: [], recorder: new MemoryRecorder(), class: must(parseClassId('test-class')), clock: systemClock },
    ...{ log: keptLog(), metrics: noMetrics },
    epochOf,
  });
  return {
    homeserver: matrix.homeserver,
    seen,
    [Symbol.asyncDispose]: async () => {
      await matrix[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

function shown(position: number) {
  return { as: ghost, room, source: must(parsePosition(position)), part: 'text' };
}

describe('on the wire', () => {
  test('a position that was given again is another transaction, and an old one is the same as ever', async () => {
    const event = { type: 'm.room.message', content: { body: 'Hi' } };
    await using first = await sending(undefined);
    await using second = await sending((position) => (position > 100 ? 2 : 1));
    for (const house of [first, second]) {
      for (const position of [100, 101]) await house.homeserver.send({ ...shown(position), ...event });
    }
    const ids = (seen: readonly Seen[]): readonly (string | undefined)[] =>
      seen.map(({ path }) => path.split('/').at(-1));
    expect(ids(first.seen)[0]).toBe(ids(second.seen)[0]);
    expect(ids(first.seen)[1]).not.toBe(ids(second.seen)[1]);
    expect(second.seen.map(({ body }) => body)).toEqual([
      { body: 'Hi', 'org.gatehouse.source': { position: 100, part: 'text' } },
      { body: 'Hi', 'org.gatehouse.source': { position: 101, part: 'text', epoch: 2 } },
    ]);
  });

  test('what showed the position before the restore is not found as its echo', async () => {
    const of = (id: string, source: JsonObject): JsonObject => ({
      event_id: id,
      origin_server_ts: 1,
      content: { 'org.gatehouse.source': source },
    });
    const old = [of('$old', { position: 101, part: 'text' }), of('$kept', { position: 100, part: 'text' })];
    const epochOf: EpochOf = (position) => (position > 100 ? 2 : 1);
    await using before = await sending(epochOf, old);
    expect(await before.homeserver.findEcho(shown(101))).toEqual({ ok: true, value: undefined });
    expect(await before.homeserver.findEcho(shown(100))).toEqual({ ok: true, value: '$kept' });
    await using after = await sending(epochOf, [of('$new', { position: 101, part: 'text', epoch: 2 }), ...old]);
    expect(await after.homeserver.findEcho(shown(101))).toEqual({ ok: true, value: '$new' });
  });
});

/** The record goes on from what it has now, as after a restore of a backup of this moment. */
async function restoredNow(house: House): Promise<void> {
  const restored = await house.test.journal.size();
  const body = { origin: 'gatehouse/acme.example', size: restored + 50, root: 'AAAA', restored, why: 'a test' };
  await house.test.journal.append([draftOf('log.continued', body, { at: house.clock.now() })]);
}

async function chat(house: House) {
  const position = await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal');
  return { position, room: opened.body.room };
}

let made = 0;
async function event(house: House, more: { sender: string; type: string; room: string; source: JsonObject }) {
  made += 1;
  const { sender, type, source } = more;
  const draft = eventDraft({
    event_id: must(parseEventId(`$made${String(made)}`)),
    room_id: must(parseRoomId(more.room)),
    sender: must(parseUserId(sender)),
    origin_server_ts: house.clock.now(),
    ...{ type, content: { body: 'shown', 'org.gatehouse.source': source } },
  });
  const [appended] = await house.test.journal.append([draft]);
  if (appended === undefined) throw new Error('not recorded');
  const entry = await house.test.journal.read(appended.position);
  if (entry === undefined || 'erased' in entry) throw new Error('not there');
  return entry;
}

describe('in the record', () => {
  test('an event that shows a lost record is no echo of the one that has its position now', async () => {
    await using house = await openHouse();
    const { position: kept, room: portal } = await chat(house);
    await restoredNow(house);
    const position = await house.receive('a new text');
    const by = { sender: ghost, type: 'm.room.message', room: portal };
    expect((await event(house, { ...by, source: { position, part: 'text' } })).source.echoOf).toBeUndefined();
    expect((await event(house, { ...by, source: { position, part: 'text', epoch: 2 } })).source.echoOf).toBe(position);
    expect((await event(house, { ...by, source: { position: kept, part: 'text' } })).source.echoOf).toBe(kept);
  });

  test('a mark on a lost message is none of the message that has its position now', async () => {
    await using house = await openHouse();
    const { room: portal } = await chat(house);
    await restoredNow(house);
    const of = nextPosition(must(parsePosition(await house.test.journal.size())));
    const by = { sender: '@gatehouse:acme.example', type: 'm.reaction', room: portal };
    await event(house, { ...by, source: { position: of, part: 'mark-1' } });
    expect(await house.test.views.read((reading) => marksOn(reading, of))).toEqual([]);
    await event(house, { ...by, source: { position: of, part: 'mark-1', epoch: 2 } });
    expect(await house.test.views.read((reading) => marksOn(reading, of))).toHaveLength(1);
  });

  test("a new customer's room is not one that was made for another before the restore", async () => {
    await using house = await openHouse();
    await restoredNow(house);
    await house.receive('Hi');
    const made = [...house.homeserver.rooms.values()].map((one) => one.made.creationContent['org.gatehouse.portal']);
    expect(made).toContain('p2/2');
  });
});

describe('a message of staff', () => {
  test('that waited when the backup was made, or was written before the restore, is not sent by itself', async () => {
    await using house = await openHouse();
    const { room: portal } = await chat(house);
    house.network.answers.push({ state: 'retry', afterMs: 60_000, scope: 'connector', reason: 'provider-down' });
    const waiting = await house.write(alice, portal, 'perhaps sent');
    expect(house.network.sent).toHaveLength(1);
    await restoredNow(house);
    await house.pass(120_000);
    expect(house.network.sent).toHaveLength(1);
    expect(await house.message(waiting.position)).toMatchObject({ state: 'unknown' });
    expect((await house.entries('delivery.outcome')).at(-1)?.body).toMatchObject({
      state: 'unknown',
      detail: 'the record was restored from a backup since',
    });
    // A person who asks again is heard.
    await house.test.journal.append([draftOf('delivery.retry', { of: waiting.position, by: alice })]);
    await house.settle();
    expect(house.network.sent.map((message) => message.text)).toEqual(['perhaps sent', 'perhaps sent']);
  });

  /** What alice wrote before the restore comes on record after it, with what the bot put on it then. */
  async function broughtBack(house: House, marks: readonly { readonly by: string; readonly key: string }[]) {
    const { room: portal } = await chat(house);
    const { homeserver } = house;
    const lost = homeserver.write(alice, portal, { content: { msgtype: 'm.text', body: 'sent and lost' } });
    for (const { by, key } of marks) {
      const relation = { rel_type: 'm.annotation', event_id: lost.event_id, key };
      const reaction = { type: 'm.reaction', content: { 'm.relates_to': relation } };
      homeserver.write(must(parseUserId(by)), portal, reaction);
    }
    homeserver.unseen.length = 0;
    house.clock.advance(1_000);
    await restoredNow(house);
    homeserver.unseen.push(lost);
    const told = async () => {
      await house.pass(10_000);
      const [found] = (await house.entries('matrix.event')).filter((entry) => entry.source.id === lost.event_id);
      if (found === undefined) throw new Error('the event was not recorded');
      const by = homeserver.rooms.get(portal)?.events ?? [];
      const ours = by.filter(({ sender, type }) => sender === homeserver.gatehouse && type !== 'm.room.member');
      const keys = ours.map(({ content }) => content['m.relates_to']);
      return {
        state: (await house.message(found.position))?.state,
        said: ours.flatMap(({ content }) => (typeof content['body'] === 'string' ? [content['body']] : [])),
        marks: keys.flatMap((one) => (isJsonObject(one) && typeof one['key'] === 'string' ? [one['key']] : [])),
      };
    };
    return { told };
  }
  const bot = '@gatehouse:acme.example';
  const maybe = expect.stringContaining('Maybe sent');

  test.each([['✓'], ['✓✓']])(
    'that the bot had marked with %s was sent: nothing is said, and the mark stands',
    async (key) => {
      await using house = await openHouse();
      const { told } = await broughtBack(house, [{ by: bot, key }]);
      expect(await told()).toEqual({ state: 'sent', said: [], marks: [key] });
      expect(house.network.sent).toEqual([]);
    },
  );

  test.each([
    ['no mark at all', [], []],
    ['only a ⏳', [{ by: bot, key: '⏳' }], ['⏳']],
    ["a colleague's ✓", [{ by: alice, key: '✓' }], []],
  ])('with %s is told as perhaps sent', async (_what, marks, before) => {
    await using house = await openHouse();
    const { told } = await broughtBack(house, marks);
    expect(await told()).toEqual({ state: 'unknown', said: [maybe], marks: [...before, '⚠️'] });
    expect(house.network.sent).toEqual([]);
  });

  test('is told of only when its room could be looked at, or is no more to be looked at', async () => {
    await using house = await openHouse();
    const { told } = await broughtBack(house, [{ by: bot, key: '✓' }]);
    house.homeserver.fail('ownReactions', { kind: 'down', detail: 'HTTP 502' });
    expect(await told()).toMatchObject({ state: 'waiting', said: [] });
    await house.pass(60_000);
    expect(await told()).toEqual({ state: 'sent', said: [], marks: ['✓'] });

    const other = await broughtBack(house, [{ by: bot, key: '✓' }]);
    house.homeserver.fail('ownReactions', { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not in the room' });
    expect(await other.told()).toMatchObject({ state: 'unknown' });
  });

  test('that is written afterwards is sent as ever', async () => {
    await using house = await openHouse();
    const { room: portal } = await chat(house);
    await restoredNow(house);
    await house.pass(1_000);
    await house.write(alice, portal, 'new');
    expect(house.network.sent.map((message) => message.text)).toEqual(['new']);
  });
});
