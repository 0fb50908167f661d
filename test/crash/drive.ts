/**
 * The crash run: a real Synapse, a real carrier and Gatehouse, each in a process of its own; customers and Alice write
 * while Gatehouse is killed; then it is left alone, and what became of every message is looked up from outside.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openHouse, type House } from '../../src/demo/house.ts';
import { installSynapse } from '../../src/demo/synapse/install.ts';
import type { Client } from '../../src/demo/client.ts';
import { History } from './history.ts';
import { judge, problems, type Evidence, type Verdict } from './judge.ts';
import { Killer } from './killer.ts';
import { RoomsSeen } from './rooms-seen.ts';
import { SeededRandom } from './seeded-random.ts';
import { Traffic, type Rates } from './traffic.ts';

const CACHE = join(import.meta.dirname, '../../.cache/synapse');
const CUSTOMERS = 4;
/** A customer nobody knows comes in with every so many kills: portals are opened under fire too. */
const NEWCOMER_EVERY = 15;
/** The carrier takes its time to answer, as carriers do: a kill may fall in between. */
const CARRIER_DELAY_MS = 40;
const LOOK_EVERY_MS = 1_000;
/** No progress for so long means that there will be none. */
const PATIENCE_MS = 45_000;

export interface CrashOptions {
  /** Everything lies below it. */
  readonly dir: string;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface CrashRun extends AsyncDisposable {
  readonly house: House;
  readonly history: History;
  readonly traffic: Traffic;
  readonly killer: Killer;
  /** Kills at random moments while texts flow both ways. Gatehouse is up before and after. */
  steady(kills: number, rates: Rates): Promise<void>;
  /** Kills with `texts` arriving and `answers` waiting, each time. */
  bursts(kills: number, size: { readonly texts: number; readonly answers: number }): Promise<void>;
  /** Waits until nothing is outstanding any more, or nothing moves; then judges. */
  settled(): Promise<Verdict>;
}

export async function openCrashRun({ dir, seed, say = () => undefined }: CrashOptions): Promise<CrashRun> {
  await using undo = new AsyncDisposableStack();
  // Gatehouse is started again and again: what Node compiled once need not be compiled each time.
  process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, '../node');
  const installation = await installSynapse({ cacheDir: CACHE });
  const house = undo.use(await openHouse({ installation, dir, staff: ['alice', 'bob'] }));
  const alice = await house.login('alice');
  undo.defer(() => alice.stop());
  await house.carrier.misbehave({ delayMs: CARRIER_DELAY_MS });
  const history = undo.use(new History(join(dir, 'history.jsonl')));
  const random = new SeededRandom(seed);
  const traffic = new Traffic({ house, alice, history, random });
  const { gatehouse } = house;
  const killer = new Killer({ gatehouse, history, random, carrierLog: join(dir, 'carrier.jsonl') });
  const rooms = await RoomsSeen.login(house.synapse.url, 'alice', house.password);
  const run = new Run({ house, alice, history, random, traffic, killer, rooms, say });
  const opened = undo.move();
  return {
    ...{ house, history, traffic, killer },
    steady: (kills, rates) => run.steady(kills, rates),
    bursts: (kills, size) => run.bursts(kills, size),
    settled: () => run.settled(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface Parts {
  readonly house: House;
  readonly alice: Client;
  readonly history: History;
  readonly random: SeededRandom;
  readonly traffic: Traffic;
  readonly killer: Killer;
  readonly rooms: RoomsSeen;
  readonly say: (line: string) => void;
}

class Run {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async steady(kills: number, rates: Rates): Promise<void> {
    const { traffic, killer, say } = this.#parts;
    for (let n = 0; n < CUSTOMERS; n += 1) traffic.newcomer();
    traffic.start(rates);
    try {
      await killer.kill('first');
      for (let kill = 2; kill <= kills; kill += 1) {
        if (kill % NEWCOMER_EVERY === 0) traffic.start(rates, [traffic.newcomer()]);
        await killer.oneLife();
        say(`kill ${kill} of ${kills}`);
      }
      await killer.start();
    } finally {
      await traffic.stop();
    }
  }

  async bursts(kills: number, { texts, answers }: { texts: number; answers: number }): Promise<void> {
    const { traffic, killer, say } = this.#parts;
    while (traffic.customers.length < CUSTOMERS) traffic.newcomer();
    await this.#portalsOpen();
    for (let kill = 1; kill <= kills; kill += 1) {
      await killer.kill('before a burst');
      await this.#burst(texts / 2, answers / 2);
      await killer.start();
      const during = this.#burst(texts / 2, answers / 2);
      await pause(this.#parts.random.between(50, 800));
      await killer.kill('in a burst');
      await during;
      await killer.start();
      say(`burst ${kill} of ${kills}`);
    }
  }

  async #portalsOpen(): Promise<void> {
    const { traffic, alice } = this.#parts;
    for (const customer of traffic.customers) traffic.text(customer);
    for (const customer of traffic.customers) {
      const ghost = `@_gh_sms_${customer.slice(1)}:`;
      await alice.until(`the portal of ${customer}`, (seen) =>
        seen.find((room) => room.events.some((one) => one.sender?.startsWith(ghost) === true)),
      );
    }
  }

  /** Texts all at once; answers as fast as Synapse takes them, in the order of each portal. */
  async #burst(texts: number, answers: number): Promise<void> {
    const { traffic } = this.#parts;
    const { customers } = traffic;
    for (let n = 0; n < texts; n += 1) traffic.text(customers[n % customers.length] ?? '');
    const each = Math.ceil(answers / customers.length);
    await Promise.all(
      customers.map(async (customer) => {
        for (let n = 0; n < each; n += 1) await traffic.answer(customer);
      }),
    );
  }

  async settled(): Promise<Verdict> {
    let before = '';
    let moved = performance.now();
    for (;;) {
      const evidence = await this.#evidence();
      const verdict = judge(evidence);
      const now = fingerprint(evidence);
      if (now === before && problems(verdict).length === 0) return verdict;
      if (now !== before) moved = performance.now();
      else if (performance.now() - moved > PATIENCE_MS) return verdict;
      before = now;
      await pause(LOOK_EVERY_MS);
    }
  }

  async #evidence(): Promise<Evidence> {
    const { history, house, rooms, traffic } = this.#parts;
    const seen = await rooms.portalsOf(traffic.customers);
    const errors = await errorsIn(join(house.dir, 'gatehouse.log'));
    return { deeds: history.all(), ...seen, carrier: await house.carrier.seen(), errors };
  }
}

/** The names of what was logged as an error; a line that a kill cut off may have none. */
async function errorsIn(log: string): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8');
  return Array.from(text.matchAll(/"level":"error","event":"([^"]+)"/gu), ([, event = '']) => event);
}

/** What a mark changes in a room and a receipt in the log moves too: it is the same only when all is quiet. */
function fingerprint({ portals, carrier }: Evidence): string {
  const events = [...portals.values()].flat().map((room) => room.length);
  return [carrier.filter((one) => one.text !== undefined).length, ...events].join(' ');
}
