/**
 * How much memory waiting messages hold: a process of its own, run with --expose-gc. Its argument says who is down; it
 * sends the bytes of heap in use with 1,000 messages waiting and with 10,000.
 */
import type { House } from '../bridge/house.ts';
import { openHouse } from '../bridge/house.ts';
import { answer, down, hoursPass, MINUTE, openPortals, PARALLEL, receive } from './waiting-house.ts';

const PORTALS = 2_000;
const FEW = 200;
const EACH = 5;

type Waiting = (texts: { readonly portals: number; readonly from: number }) => Promise<unknown>;

await using house = await openHouse();
const wait = process.argv[2] === 'homeserver' ? withoutHomeserver(house) : await withoutNetwork(house);
await wait({ portals: FEW, from: 0 });
const few = await held(house, FEW * EACH);
await wait({ portals: PORTALS, from: FEW });
const many = await held(house, PORTALS * EACH);
process.send?.({ few, many });
process.disconnect();

function withoutHomeserver({ homeserver }: House): Waiting {
  homeserver.outage = { kind: 'down', detail: 'connection refused' };
  return ({ portals, from }) => receive(house, portals, { texts: EACH, first: from });
}

async function withoutNetwork({ network }: House): Promise<Waiting> {
  const rooms = await openPortals(house, PORTALS);
  network.hand = () => Promise.resolve(down);
  return ({ portals, from }) => answer(house, rooms.slice(from, portals), EACH);
}

/** After an hour of waiting; what the test's own homeserver, network and log have kept is thrown away first. */
async function held({ homeserver, network, log, runner }: House, waiting: number): Promise<number> {
  await runner.idle();
  await hoursPass(house, { hours: 1, step: 5 * MINUTE, calls: () => 0 });
  const { ready } = await runner.summary();
  if (ready < waiting) throw new Error(`${ready} tasks are ready, ${waiting} messages should wait`);
  if (network.sent.length > 2 * PARALLEL + 20) throw new Error('the network was asked too often');
  for (const room of homeserver.rooms.values()) room.events.length = 0;
  homeserver.forgetTransactions();
  for (const kept of [homeserver.calls, homeserver.unseen, network.sent, log.lines]) kept.length = 0;
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
