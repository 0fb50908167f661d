import { expect, test } from '@jest/globals';
import { connectorGate, type Position, type RoomId } from '../../../src/core/ids.ts';
import type { MatrixEvent } from '../../../src/core/entry.ts';
import { MarkBudget } from '../../../src/bridge/marks/mark-budget.ts';
import { messageAt } from '../../../src/bridge/messages/message-store.ts';
import { portalById } from '../../../src/bridge/portals/portal-store.ts';
import { WaitingNotices } from '../../../src/bridge/marks/waiting-notice.ts';
import { carrier, openHouse, type House } from '../bridge/house.ts';
import { answer, MINUTE, openPortals } from './waiting-house.ts';

const ROOMS_MAX = 2_000;
const PER_SECOND = 5;
const TICK_MS = 200;
const gate = connectorGate(carrier);

/** Notes for every room the message that waits in it, as the runner does it turn by turn. */
async function noteAll(
  { test: { views } }: House,
  notices: WaitingNotices,
  answers: readonly Position[],
): Promise<void> {
  for (const position of answers) {
    await views.read(async (reading) => {
      const message = await messageAt(reading, position);
      const portal = message && (await portalById(reading, views.sealer, message.portal));
      if (message === undefined || portal === undefined) throw new Error('nothing waits');
      notices.note({ gate, reason: 'provider-down', portal, of: message.position });
    });
  }
}

test('of more rooms than it remembers, those that wait longest are told, once, in that order, five a second', async () => {
  await using house = await openHouse();
  const { homeserver, runner, clock, test: journal, log } = house;
  const rooms = await openPortals(house, ROOMS_MAX + 20);
  // Nothing else asks for the budget.
  await runner.stop(0);
  const answers = await answer(house, rooms, 1);
  const deps = { journal: journal.journal, homeserver, clock, log, timezone: 'America/New_York' };
  const notices = new WaitingNotices(deps, new MarkBudget(clock, PER_SECOND));
  await noteAll(house, notices, answers);
  expect(clock.timers).toBe(1);
  clock.advance(MINUTE);

  const told: number[] = [];
  for (let tick = 0; tick < (ROOMS_MAX / PER_SECOND + 60) * (1_000 / TICK_MS); tick += 1) {
    await new Promise(setImmediate);
    told.push(homeserver.calls.length);
    clock.advance(TICK_MS);
    expect(clock.timers).toBeLessThanOrEqual(1);
  }
  await noteAll(house, notices, answers);
  await notices.idle();

  const noticesIn = (room: RoomId) =>
    homeserver.rooms
      .get(room)
      ?.events.filter(isNotice)
      .map(({ event_id }) => event_id);
  const firsts = rooms.map((room) => noticesIn(room) ?? []);
  expect(firsts.map(({ length }) => length)).toEqual(rooms.map((_, at) => (at < ROOMS_MAX ? 1 : 0)));
  const order = firsts.flat().map((event) => Number(event.slice(2)));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  // Over any second; the first finds a second's budget unspent.
  const second = 1_000 / TICK_MS;
  const rates = told.slice(2 * second).map((now, at) => now - (told[at + second] ?? 0));
  expect(Math.max(...rates)).toBeLessThanOrEqual(PER_SECOND + 1);
  await notices.stop();
  expect(clock.timers).toBe(0);
});

function isNotice({ content }: Pick<MatrixEvent, 'content'>): boolean {
  return content['msgtype'] === 'm.notice';
}
