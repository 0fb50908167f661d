/** A house with as many chats as one likes, put on record many at a time, and the texts and answers that wait in them. */
import { matrixOutcomeDraft, portalOpenedDraft } from '../../../src/bridge/drafts.ts';
import { portalById } from '../../../src/bridge/portals/portal-store.ts';
import { homeserverGate, must, parseAddress, parseEventId, portalIdAt, taskIdFor } from '../../../src/core/ids.ts';
import type { Position, RoomId } from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { eventDraft } from '../bridge/fake-homeserver.ts';
import { alice, carrier, sales, type House } from '../bridge/house.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** What the house of these tests runs at a time. */
export const PARALLEL = 8;
/** What a connector says whose network is down. */
export const down: SendResult = { state: 'retry', afterMs: 5_000, scope: 'connector', reason: 'provider-down' };

const PAGE = 500;
export const numberOf = (portal: number) => must(parseAddress(`+1202${5_550_000 + portal}`));

/** Customers' texts, each one after the other of all customers from `first` up to `portals`. */
export async function receive(
  house: House,
  portals: number,
  { texts, first = 0 }: { texts: number; first?: number },
): Promise<readonly Position[]> {
  const received: Position[] = [];
  for (let n = 0; n < texts; n += 1) {
    const events = Array.from({ length: portals - first }, (_, index) => first + index).map((portal) => ({
      kind: 'message' as const,
      id: `text-${portal}-${n}`,
      sure: true,
      at: house.clock.now(),
      raw: Buffer.from('pdu'),
      message: { to: sales.address, from: numberOf(portal), text: `${n}` },
    }));
    for (let at = 0; at < events.length; at += PAGE) {
      received.push(...(await house.bridge.inbound(carrier).ingest(events.slice(at, at + PAGE))));
    }
  }
  return received;
}

/** Staff answer in every room, `texts` times. */
export async function answer(house: House, rooms: readonly RoomId[], texts: number): Promise<readonly Position[]> {
  const answered: Position[] = [];
  for (let n = 0; n < texts; n += 1) {
    const drafts = rooms.map((room) =>
      eventDraft(house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: `${n}` } })),
    );
    house.homeserver.unseen.length = 0;
    for (let at = 0; at < drafts.length; at += PAGE) {
      const appended = await house.test.journal.append(drafts.slice(at, at + PAGE));
      answered.push(...appended.map(({ position }) => position));
    }
  }
  return answered;
}

/** Chats in which one text was shown: what a dozen commits for each would have left, in a few for all. */
export async function openPortals(house: House, count: number): Promise<readonly RoomId[]> {
  const { runner, test } = house;
  runner.closeGate(homeserverGate, 'homeserver-down');
  const positions = await receive(house, count, { texts: 1 });
  await runner.idle();
  const rooms: RoomId[] = [];
  for (let at = 0; at < positions.length; at += PAGE) {
    const page = positions.slice(at, at + PAGE);
    const opened = await Promise.all(page.map((position) => openedBy(house, position)));
    const settle = page.map((position) => ({ task: taskIdFor(position, 'deliver'), to: 'done' as const }));
    await test.journal.append(
      opened.flatMap(({ drafts }) => drafts),
      { settle },
    );
    rooms.push(...opened.map(({ room }) => room));
  }
  house.homeserver.unseen.length = 0;
  runner.openGate(homeserverGate);
  await runner.idle();
  house.homeserver.calls.length = 0;
  return rooms;
}

async function openedBy({ homeserver, test, clock }: House, position: Position) {
  const { views } = test;
  const portal = await views.read((reading) => portalById(reading, views.sealer, portalIdAt(position)));
  if (portal === undefined) throw new Error('the text made no portal');
  const { contact, line, network, name } = portal;
  const as = homeserver.gatehouse;
  const made = await homeserver.createRoom({ as, name, invite: [alice], creationContent: {}, initialState: [] });
  if (!made.ok) throw new Error('the room was not made');
  const room = made.value;
  const at = clock.now();
  const eventId = must(parseEventId(`$shown${position}`));
  const shown = matrixOutcomeDraft({ at, room }, { of: position, target: 'matrix', state: 'sent', eventId });
  const opened = portalOpenedDraft(at, { portal: portal.portal, room, line, contact, network });
  return { room, drafts: [opened, shown] };
}

export interface Passed {
  /** The most there were at once. */
  readonly timers: number;
  /** The most calls there were in an hour. */
  readonly inAnHour: number;
}

/** Lets hours pass, `step` milliseconds at a time. */
export async function hoursPass(
  house: House,
  { hours, step, calls }: { hours: number; step: number; calls: () => number },
): Promise<Passed> {
  let timers = 0;
  let inAnHour = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    const before = calls();
    for (let passed = 0; passed < HOUR; passed += step) {
      house.clock.advance(step);
      await house.runner.idle();
      timers = Math.max(timers, house.clock.timers);
    }
    inAnHour = Math.max(inAnHour, calls() - before);
  }
  return { timers, inAnHour };
}
