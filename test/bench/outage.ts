/** Events that Synapse could not bring while Gatehouse was down, beside events that it brings as they happen. */
import type { House } from '../../src/demo/house.ts';
import { timed } from './figures.ts';
import { CUSTOMERS, Ground, inHouse, resident, settle } from './house-ground.ts';
import { line, type Bench, type Line } from './line.ts';
import { say } from './say.ts';
import { until } from './until.ts';

/** Enough for a rate; the outage may be longer. */
const STEADY_EVENTS = 900;
const WITHIN_MS = 1_800_000;
const SAID_EVERY = 1_000;

/** Each event is a transaction of its own as it happens; after the outage Synapse brings up to a hundred at a time. */
export const outage: Bench = {
  name: 'outage',
  run: ({ events }) =>
    inHouse(async (house) => {
      const ground = await Ground.open(house);
      const steady = await asTheyHappen(ground, Math.min(events, STEADY_EVENTS));
      const lines = await afterOutage(ground, events, steady);
      ground.close();
      return lines;
    }),
};

interface Steady {
  readonly perSecond: number;
  /** Most that Gatehouse held meanwhile. */
  readonly bytes: number;
}

/** The bare sends of all customers' ghosts, each customer's one after the other. */
async function sendAll(ground: Ground, events: number): Promise<number> {
  const each = Math.ceil(events / CUSTOMERS);
  let sent = 0;
  await Promise.all(
    ground.customers.map(async (customer) => {
      for (let i = 0; i < each; i += 1) {
        await ground.send(customer);
        sent += 1;
        if (sent % SAID_EVERY === 0) say(`outage: ${sent} of ${each * CUSTOMERS} events sent`);
      }
    }),
  );
  return sent;
}

async function asTheyHappen(ground: Ground, events: number): Promise<Steady> {
  const start = ground.recorded();
  const memory = new Most(ground.house);
  let sent = 0;
  const ms = await timed(async () => {
    sent = await sendAll(ground, events);
    const all = (): boolean => {
      memory.look();
      return ground.recorded() >= start + sent;
    };
    await until('the events', all, WITHIN_MS);
  });
  await settle(ground);
  memory.look();
  return { perSecond: (sent / ms) * 1000, bytes: memory.bytes };
}

async function afterOutage(ground: Ground, events: number, steady: Steady): Promise<readonly Line[]> {
  const { house } = ground;
  await settle(ground);
  await house.gatehouse.stop();
  const before = ground.recorded();
  const sent = await sendAll(ground, events);
  say(`outage: over; ${sent} events wait`);
  const began = performance.now();
  const starting = house.gatehouse.start(WITHIN_MS);
  const memory = new Most(house);
  let first = Number.NaN;
  // Events come before it says that it is ready.
  const come = until(
    'the backlog',
    () => {
      memory.look();
      const count = ground.recorded() - before;
      if (Number.isNaN(first) && count > 0) first = performance.now() - began;
      return count >= sent;
    },
    WITHIN_MS,
  );
  const all = come.then(() => performance.now() - began);
  const [took] = await Promise.all([all, starting]);
  await settle(ground);
  const lost = Math.max(0, before + sent - ground.recorded());
  const rates = [took, took - first].map((ms) => (sent / ms) * 1000);
  const [rate = 0, flowing = 0] = rates;
  const against = `against ${steady.perSecond.toFixed(0)}/s as they happen`;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    line('catch-up after an outage', [rate / steady.perSecond], {
      ...{ unit: 'x', target: '>= 0.9' },
      what: `${sent} events sent while Gatehouse was down, from the start of its process until all are on record: ${rate.toFixed(0)}/s; ${against}; lost ${lost}`,
    }),
    line('catch-up once it flows', [flowing / steady.perSecond], {
      ...{ unit: 'x' },
      what: `the same, from the first of them (${(first / 1000).toFixed(1)} s after the start) on: ${flowing.toFixed(0)}/s`,
    }),
    line('memory while catching up', [memory.bytes / steady.bytes], {
      ...{ unit: 'x' },
      what: `most resident meanwhile (${megabytes(memory.bytes)}) against most as they happen (${megabytes(steady.bytes)})`,
    }),
  ];
}

/** The most that Gatehouse held in memory whenever it was looked at. */
class Most {
  bytes = 0;
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  look(): void {
    this.bytes = Math.max(this.bytes, resident(this.#house));
  }
}
