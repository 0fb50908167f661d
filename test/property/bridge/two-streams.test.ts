import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { must, parseContactId, parsePosition } from '../../../src/core/ids.ts';
import type { MatrixEvent } from '../../../src/core/entry.ts';
import { messageAt } from '../../../src/bridge/messages/message-store.ts';
import { filesWriterPart } from '../../../src/bridge/files/projections.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { roomFacts } from '../../../src/bridge/portals/room-store.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { DOMAIN, eventDraft, FakeHomeserver } from '../../integration/bridge/fake-homeserver.ts';
import { alice, ann, bob, carrier, sales } from '../../integration/bridge/house.ts';
import { openTestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Stream = 'bridge' | 'archive';

/** One conversation, as the homeserver has it: texts, edits, deletions, a command, somebody invited. */
async function conversation(): Promise<{ room: string; events: readonly MatrixEvent[] }> {
  const clock = new ManualClock();
  const homeserver = new FakeHomeserver(clock);
  const made = await homeserver.createRoom({
    as: homeserver.gatehouse,
    name: 'Ann',
    invite: [alice],
    creationContent: {},
    initialState: [],
  });
  if (!made.ok) throw new Error('no room');
  const room = made.value;
  const say = (body: string, more: object = {}) =>
    homeserver.write(alice, room, { content: { msgtype: 'm.text', body, ...more } });
  clock.advance(1);
  homeserver.membership(room, alice, 'join');
  const first = say('one');
  const second = say('two');
  say('!note three');
  const edit = { rel_type: 'm.replace', event_id: first.event_id };
  say('* uno', { 'm.new_content': { msgtype: 'm.text', body: 'uno' }, 'm.relates_to': edit });
  say('a photo', { msgtype: 'm.image', url: 'mxc://acme.example/photo' });
  homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: second.event_id });
  clock.advance(1);
  homeserver.membership(room, bob, 'invite', alice);
  return { room, events: homeserver.unseen };
}

/** What is left behind when the streams bring the events in this order. */
async function effectOf(events: readonly MatrixEvent[], turns: readonly Stream[]): Promise<unknown> {
  const clock = new ManualClock();
  const parts = [bridgeWriterPart({ domain: DOMAIN }), filesWriterPart({ domain: DOMAIN })];
  await using opened = await openTestJournal({ parts, clock });
  const { journal, views } = opened;
  const at = clock.now();
  const ours = (id: string) => ({ system: 'gatehouse', id, sure: true });
  const body = { connector: carrier, network: sales.network, to: sales.address, from: ann, text: 'Hi' };
  const message = { kind: 'network.message', at, source: ours('m'), line: sales.id, class: sales.class, body } as const;
  await journal.append([message]);
  const room = events[0]?.room_id;
  const [entry] = await journal.readMany([must(parsePosition(1))]);
  if (room === undefined || entry === undefined || 'erased' in entry) throw new Error('nothing was recorded');
  const place = await views.read((reading) => messageAt(reading, entry.position));
  if (place === undefined) throw new Error('no portal');
  const { portal } = place;
  const openedBody = { portal, room, line: sales.id, contact: must(parseContactId('c1')), network: sales.network };
  await journal.append([{ kind: 'portal.opened', at, source: ours('o'), body: openedBody }]);
  const next = { bridge: 0, archive: 0 };
  const bring = async (stream: Stream): Promise<void> => {
    const event = events[next[stream]];
    next[stream] += 1;
    if (event !== undefined) await journal.append([eventDraft(event, stream)]);
  };
  for (const stream of turns) await bring(stream);
  while (next.bridge < events.length) await bring('bridge');
  while (next.archive < events.length) await bring('archive');
  const size = await journal.size();
  const positions = Array.from({ length: size }, (_, index) => must(parsePosition(index + 1)));
  const entries = await journal.readMany(positions);
  return await views.read(async (reading) => ({
    entries: entries.map((one) => ('erased' in one ? one : { ...one, raw: undefined, recordedAt: 0 })),
    tasks: await taskSink.planned({ from: must(parsePosition(1)), to: must(parsePosition(size)) }, reading),
    facts: await roomFacts(reading, views.sealer, room),
    messages: await Promise.all(positions.map((position) => messageAt(reading, position))),
  }));
}

test('every event delivered first by each of the two streams has the same effect', async () => {
  const { events } = await conversation();
  const expected = await effectOf(events, []);
  for (const kind of ['send', 'file']) expect(JSON.stringify(expected)).toContain(`"kind":"${kind}"`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Stream>('bridge', 'archive'), { maxLength: events.length * 2 }),
      async (turns) => {
        expect(await effectOf(events, turns)).toEqual(expected);
      },
    ),
    { numRuns: 15 },
  );
});
