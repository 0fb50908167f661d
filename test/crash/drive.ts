/**
 * The crash run: a real Synapse, a real carrier and Gatehouse, each in a process of its own with something faulty between
 * every two of them; customers, Alice and Bob write while one of them is killed, stopped or cut off; then all is left
 * alone, and what became of every message is looked up from outside.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openHouse, type House } from '../../src/demo/house.ts';
import { installSynapse } from '../../src/demo/synapse/install.ts';
import type { Client } from '../../src/demo/client.ts';
import { ghostOf } from './judge/evidence.ts';
import { History } from './history.ts';
import { Killer } from './killer.ts';
import { Observer } from './observer.ts';
import { Proxies } from './proxies.ts';
import { RoomsSeen } from './rooms-seen.ts';
import { SeededRandom } from './seeded-random.ts';
import { Traffic } from './traffic.ts';

const CACHE = join(import.meta.dirname, '../../.cache/synapse');
const CUSTOMERS = 4;
const ROOMS = 2;
/** The carrier takes its time to answer, as carriers do: a kill may fall in between. */
const CARRIER_DELAY_MS = 40;
/** For what hangs: a quiet machine needs two seconds. */
const PORTAL_WITHIN_MS = 120_000;

export interface CrashOptions {
  /** Everything lies below it. */
  readonly dir: string;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface CrashRun extends AsyncDisposable {
  readonly house: House;
  readonly alice: Client;
  /** Further variables of Gatehouse's environment, read at each start. */
  readonly env: Record<string, string>;
  readonly history: History;
  readonly random: SeededRandom;
  readonly traffic: Traffic;
  readonly killer: Killer;
  readonly proxies: Proxies;
  readonly observer: Observer;
  readonly say: (line: string) => void;
}

/** Resolves when four customers have portals, and two rooms have Alice and Bob in them. */
export async function openCrashRun(options: CrashOptions): Promise<CrashRun> {
  const { dir, seed, say = () => undefined } = options;
  await using undo = new AsyncDisposableStack();
  // Gatehouse is started again and again: what Node compiled once need not be compiled each time.
  process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, '../node');
  const installation = await installSynapse({ cacheDir: CACHE });
  const proxies = undo.use(new Proxies());
  const env: Record<string, string> = {};
  const { between } = proxies;
  const house = undo.use(await openHouse({ installation, dir, staff: ['alice', 'bob'], between, gatehouseEnv: env }));
  const [alice, bob] = [await house.login('alice', true), await house.login('bob', true)];
  undo.defer(async () => {
    await Promise.all([alice.stop(), bob.stop()]);
  });
  await house.carrier.misbehave({ delayMs: CARRIER_DELAY_MS });
  const history = undo.use(new History(join(dir, 'history.jsonl')));
  const random = new SeededRandom(seed);
  const traffic = new Traffic({ house, alice, bob, history, random });
  const moved = async (): Promise<number> => (await stat(join(dir, 'carrier.jsonl'))).size;
  const killer = new Killer({ gatehouse: house.gatehouse, history, random, moved });
  const rooms = await RoomsSeen.login(house.synapse.url, 'alice', house.password);
  const observer = new Observer({ house, history, traffic, rooms, proxies, alice });
  for (let n = 0; n < CUSTOMERS; n += 1) traffic.text(traffic.newcomer());
  for (let n = 0; n < ROOMS; n += 1) await traffic.openRoom();
  for (const customer of traffic.customers) await portalOf(customer, alice);
  const opened = undo.move();
  return {
    ...{ house, alice, env, history, random, traffic, killer, proxies, observer, say },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function portalOf(customer: string, alice: Client): Promise<void> {
  const ghost = ghostOf(customer);
  await alice.until(
    `the portal of ${customer}`,
    (seen) => seen.find((room) => room.events.some((one) => one.sender?.startsWith(ghost) === true)),
    PORTAL_WITHIN_MS,
  );
}
