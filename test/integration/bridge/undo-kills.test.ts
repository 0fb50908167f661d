/** What goes out later than it was written, and what is told and never recorded, by a house that dies at any call. */
import { describe, expect, test } from '@jest/globals';
import { must, parseRemoteId, parseRoomId, type EventId, type RoomId } from '../../../src/core/ids.ts';
import { diesAtEach, type Death, type DiesAt } from '../../support/dies-at.ts';
import { nextLife } from './dead-house.ts';
import { chatIn } from './gate-acts.ts';
import { alice, ann, openHouse, sales, type House } from './house.ts';
import { ABLE, edits, expectOneOutcomeEach, LATER_MS, play, said } from './late-scene.ts';

const M1 = must(parseRemoteId('m1'));
const nowhere = must(parseRoomId('!nowhere:acme.example'));
const UNDO_MS = 5_000;

interface Undoing {
  readonly act: (written: { readonly house: House; readonly room: RoomId; readonly event: EventId }) => void;
  readonly expects: (house: House, room: RoomId) => Promise<void>;
}

/** Two seconds after it was written something happens, or nothing; a house that dies is open again a second later. */
async function playUndo({ act, expects }: Undoing, dies: DiesAt, death: Death): Promise<void> {
  const house = await openHouse({ dies, line: { undoMs: UNDO_MS } }, undefined, () => 0.5);
  const { clock, homeserver, network } = house;
  const room = await chatIn(house);
  const written = clock.now();
  const sentAfter: number[] = [];
  network.during = () => Promise.resolve(void sentAfter.push(clock.now() - written));
  dies.plan(death);
  const { event_id: event } = homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'Helo' } });
  const acted: EventId[] = [];
  const acts = (): void => {
    acted.push(event);
    act({ house, room, event });
  };
  const writes = async (): Promise<void> => {
    await house.pass(2_000);
    acts();
    await house.pass(4_000);
    await house.pass(LATER_MS);
  };
  const lives = await dies.survives(writes());
  const last = lives ? house : await nextLife(house, false, { undoMs: UNDO_MS });
  if (acted.length === 0) acts();
  for (let seconds = 0; seconds < 8; seconds += 1) await last.pass(1_000);
  await last.pass(LATER_MS);
  expect(sentAfter.every((ms) => ms >= UNDO_MS)).toBe(true);
  await expects(last, room);
  await expectOneOutcomeEach(last);
  await last.stop();
  await house.test[Symbol.asyncDispose]();
}

describe('where a line lets its people take back, killed at any call,', () => {
  test('a message waits its five seconds once, and goes out once or is called unclear', async () => {
    const diedAt = await diesAtEach((dies, death) =>
      playUndo(
        {
          act: () => undefined,
          expects: async (house, room) => {
            const inSend = dies.diedAt?.startsWith('network send') === true;
            const [attempt] = await house.entries('delivery.attempt');
            const state = attempt === undefined ? undefined : (await house.message(attempt.body.of))?.state;
            // Where it died before the answer was on record nobody can know.
            expect(['sent', 'unknown']).toContain(state);
            expect(house.network.sent.length).toBeLessThanOrEqual(1);
            expect(house.network.sent.length === 1 || inSend || state === 'unknown').toBe(true);
            const maybe = said(house, room).filter((line) => line.includes('Maybe sent'));
            expect(maybe).toHaveLength(state === 'unknown' ? 1 : 0);
          },
        },
        dies,
        death,
      ),
    );
    expect(diedAt).toContain('network send (answered)');
  });

  test('a message that is deleted within them never goes out, and is called withdrawn once', async () => {
    await diesAtEach((dies, death) =>
      playUndo(
        {
          act: ({ house, room, event }) => {
            house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: event });
          },
          expects: async (house, room) => {
            expect(house.network.sent).toEqual([]);
            expect(said(house, room).filter((line) => line.startsWith('Withdrawn'))).toHaveLength(1);
            const ends = (await house.entries('delivery.abandoned')).map(({ body }) => body.reason);
            expect(ends).toEqual(['withdrawn']);
          },
        },
        dies,
        death,
      ),
    );
  });

  test('a message that is edited within them goes out with the new text', async () => {
    await diesAtEach((dies, death) =>
      playUndo(
        {
          act: edits,
          expects: (house) => {
            expect(house.network.sent.map(({ text }) => text)).toEqual(
              house.network.sent.length === 0 ? [] : ['Hello'],
            );
            expect(house.network.edits).toEqual([]);
            return Promise.resolve();
          },
        },
        dies,
        death,
      ),
    );
  });
});

test('killed at any call, a corrected text goes out once, or is called unclear once', async () => {
  const diedAt = await diesAtEach((dies, death) =>
    play(
      {
        able: {},
        before: async (wrote) => {
          edits(wrote);
          await wrote.house.pass(LATER_MS);
        },
        // As the bot puts it on record for `!correct`.
        act: async ({ house }) => {
          const because = (await house.entries('matrix.event')).at(-1)?.position;
          if (because === undefined) throw new Error('nothing was written');
          const { id: line, network, class: kept } = sales;
          const body = { line, network, address: ann, by: alice, because, text: '* Hello' };
          const source = { system: 'gatehouse', id: 'correct', sure: true };
          await house.test.journal.append([
            { kind: 'portal.wanted', at: house.clock.now(), source, class: kept, body },
          ]);
        },
        expects: async (house, { room }) => {
          const sent = house.network.sent.filter(({ text }) => text === '* Hello');
          expect(sent.length).toBeLessThanOrEqual(1);
          const [wanted] = await house.entries('portal.wanted');
          const state = wanted === undefined ? undefined : (await house.message(wanted.position))?.state;
          expect(['sent', 'unknown']).toContain(state);
          expect(said(house, room).filter((line) => line.includes('Maybe sent'))).toHaveLength(
            state === 'unknown' ? 1 : 0,
          );
          expect(
            house.shown(room).filter((line) => line.endsWith('* Hello') && !line.startsWith('@alice')),
          ).toHaveLength(1);
        },
      },
      dies,
      death,
    ),
  );
  expect(diedAt).toContain('network send (answered)');
});

test('killed while it tells that somebody reads or types, a house tells nothing of it later, and what comes next', async () => {
  const able = { ...ABLE, read_receipts: 2, typing_notifications: 2 } as const;
  const diedAt = await diesAtEach(async (dies, death) => {
    const house = await openHouse({ dies });
    house.network.able = able;
    await house.bring({
      kind: 'message',
      id: 'm1',
      message: { from: ann, to: sales.address, text: 'Hi', remoteId: M1 },
    });
    const room = [...house.homeserver.rooms.keys()].at(-1);
    const event = house.homeserver.rooms.get(room ?? nowhere)?.events.find(({ content }) => content['body'] === 'Hi');
    if (room === undefined || event === undefined) throw new Error('it is not shown');
    const recorded = await house.test.journal.size();
    const told = (on: boolean) => [
      { is: 'read', room, user: alice, event: event.event_id } as const,
      { is: 'typing', room, users: on ? [alice] : [] } as const,
    ];
    dies.plan(death);
    house.bridge.heard(told(true));
    const { reads, typings } = house.network;
    const all = async (): Promise<void> => {
      while (reads.length === 0 || typings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    const lives = await dies.survives(all());
    const last = lives ? house : await nextLife(house);
    await last.pass(LATER_MS);
    expect(reads.length).toBeLessThanOrEqual(1);
    expect(typings.length).toBeLessThanOrEqual(1);
    expect(await last.test.journal.size()).toBe(recorded);
    if (!lives) {
      reads.splice(0);
      typings.splice(0);
      last.bridge.heard(told(true));
      await all();
    }
    await last.stop();
    await house.test[Symbol.asyncDispose]();
  });
  expect(diedAt).toEqual(expect.arrayContaining(['network markRead (answered)', 'network typing (asking)']));
});
