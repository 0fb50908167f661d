/**
 * Customers' texts on their way to Element, through the carrier, Gatehouse and a real Synapse, beside what Synapse does
 * with the same number of bare sends by the same ghosts in the same rooms. Gatehouse records those too, as it records all.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { parse } from 'yaml';
import { z } from 'zod';
import { openHouse, DOMAIN, LINE_NUMBER, type House } from '../../src/demo/house.ts';
import { installSynapse } from '../../src/demo/synapse/install.ts';
import { inTurns, percentile, timed } from './figures.ts';
import { line, type Bench, type Line } from './line.ts';
import { until } from './until.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/synapse');
const CUSTOMERS = 6;
const TEXTS_EACH = 12;
const ROUNDS = 4;
const LATENCIES = 12;
const PAGE_BYTES = 4096;

interface Customer {
  readonly number: string;
  readonly ghost: string;
  room: string;
}

/** Homeserver, carrier and Gatehouse, with a portal open for every customer. */
class Ground {
  readonly house: House;
  readonly token: string;
  readonly customers: readonly Customer[];
  readonly #db: Sqlite.Database;

  private constructor(house: House, token: string) {
    this.house = house;
    this.token = token;
    this.#db = new Sqlite(join(house.dir, 'data', 'gatehouse.db'), { readonly: true });
    this.customers = Array.from({ length: CUSTOMERS }, (_, i) => {
      const number = `+1202556${String(1000 + i)}`;
      return { number, ghost: `@_gh_sms_${number.slice(1)}:${DOMAIN}`, room: '' };
    });
  }

  static async open(house: House): Promise<Ground> {
    const registration: unknown = parse(await readFile(join(house.dir, 'registration.yaml'), 'utf8'));
    const ground = new Ground(house, z.object({ as_token: z.string() }).parse(registration).as_token);
    for (const customer of ground.customers) ground.write(customer);
    await until('every portal', () => ground.shown() === CUSTOMERS, 120_000);
    const rooms = await ground.#joined();
    for (const customer of ground.customers) customer.room = rooms.get(customer.ghost) ?? '';
    return ground;
  }

  close(): void {
    this.#db.close();
  }

  /** The customer writes. */
  write(customer: Customer): void {
    this.house.carrier.text({ from: customer.number, to: LINE_NUMBER, text: `the bench says ${randomUUID()}` });
  }

  /** A bare send by the customer's ghost. */
  async send({ ghost, room }: Customer): Promise<void> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${randomUUID()}`;
    await this.#call(`${path}?user_id=${encodeURIComponent(ghost)}`, {
      msgtype: 'm.text',
      body: `the bench says ${randomUUID()}`,
      // Whom Gatehouse mentions too: the homeserver works out notifications for them.
      'm.mentions': { user_ids: ['alice', 'bob'].map((name) => `@${name}:${DOMAIN}`) },
    });
  }

  /** How many customers' texts the homeserver has taken, with that on record. */
  shown(): number {
    return this.#count(`select count(*) as n from message where direction = 'inbound' and state = 'sent'`);
  }

  /** How many entries there are. */
  entries(): number {
    return this.#count('select position as n from journal_head');
  }

  /** Pages of both databases, those in their logs included. */
  bytes(): number {
    const keys = new Sqlite(join(this.house.dir, 'data', 'keys.db'), { readonly: true });
    const pages = [this.#db, keys].map((db) => z.number().parse(db.pragma('page_count', { simple: true })));
    keys.close();
    return pages.reduce((sum, count) => sum + count * PAGE_BYTES, 0);
  }

  #count(text: string): number {
    return z.object({ n: z.number() }).parse(this.#db.prepare(text).get()).n;
  }

  async #joined(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const { ghost } of this.customers) {
      const answer = await this.#call(`/_matrix/client/v3/joined_rooms?user_id=${encodeURIComponent(ghost)}`);
      const [room] = z.object({ joined_rooms: z.array(z.string()) }).parse(answer).joined_rooms;
      if (room !== undefined) found.set(ghost, room);
    }
    return found;
  }

  async #call(path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.house.synapse.url}${path}`, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the homeserver answered ${answer.status} to ${path}: ${await answer.text()}`);
    return answer.json();
  }
}

async function throughput(ground: Ground): Promise<readonly Line[]> {
  const count = CUSTOMERS * TEXTS_EACH;
  const each = async (send: (customer: Customer) => Promise<void>): Promise<void> => {
    await Promise.all(
      ground.customers.map(async (customer) => {
        for (let i = 0; i < TEXTS_EACH; i += 1) await send(customer);
      }),
    );
  };
  const through = async (): Promise<void> => {
    const before = ground.shown();
    for (const customer of ground.customers) for (let i = 0; i < TEXTS_EACH; i += 1) ground.write(customer);
    await until('every text to be shown', () => ground.shown() >= before + count, 120_000);
  };
  const measured = await inTurns(
    ROUNDS,
    async () => (await timed(() => each((customer) => ground.send(customer)))) + (await settle(ground)) * 0,
    async () => (await timed(through)) + (await settle(ground)) * 0,
  );
  const rate = (ms: number): string => ((count / ms) * 1000).toFixed(0);
  const [bare, ours] = [
    percentile(
      measured.map(({ a }) => a),
      0.5,
    ),
    percentile(
      measured.map(({ b }) => b),
      0.5,
    ),
  ];
  const what = `${rate(ours)}/s from the carrier to Synapse's 200 on record; against ${rate(bare)}/s bare PUT /send, ${CUSTOMERS} at a time`;
  return [
    line(
      'bridged inbound throughput',
      measured.map(({ a, b }) => a / b),
      { unit: 'x', target: '>= 0.90', what },
    ),
  ];
}

/** Waits until nothing more is being recorded: the next measurement begins on a quiet house. */
async function settle(ground: Ground): Promise<number> {
  let seen = -1;
  let quiet = 0;
  await until(
    'quiet',
    () => {
      const now = ground.entries();
      quiet = now === seen ? quiet + 1 : 0;
      seen = now;
      return quiet >= 50;
    },
    60_000,
  );
  return seen;
}

async function latency(ground: Ground): Promise<readonly Line[]> {
  const [customer] = ground.customers;
  if (customer === undefined) return [];
  const measured = await inTurns(
    LATENCIES,
    () => timed(() => ground.send(customer)),
    () =>
      timed(async () => {
        const before = ground.shown();
        ground.write(customer);
        await until('the text', () => ground.shown() > before, 30_000);
      }),
  );
  const [bare, ours] = [
    percentile(
      measured.map(({ a }) => a),
      0.5,
    ),
    percentile(
      measured.map(({ b }) => b),
      0.5,
    ),
  ];
  const what = `one text at a time, carrier to Synapse's 200 on record (${ours.toFixed(0)} ms p50) over a bare send (${bare.toFixed(0)} ms p50), less 1`;
  return [
    line(
      'added latency',
      measured.map(({ a, b }) => b / a - 1),
      { unit: 'x', target: '<= 0.10', what },
    ),
  ];
}

async function sizes(ground: Ground): Promise<readonly Line[]> {
  const before = { entries: ground.entries(), bytes: ground.bytes(), shown: ground.shown() };
  for (const customer of ground.customers) for (let i = 0; i < 20; i += 1) ground.write(customer);
  const texts = CUSTOMERS * 20;
  await until('every text', () => ground.shown() >= before.shown + texts, 120_000);
  await settle(ground);
  const entries = (ground.entries() - before.entries) / texts;
  const bytes = (ground.bytes() - before.bytes) / texts;
  return [
    line('entries per message', [entries], {
      unit: '',
      what: `${texts} customers' texts: text, echo by Synapse, outcome`,
    }),
    line('bytes per message', [bytes], { unit: 'B', what: 'growth of gatehouse.db and keys.db over the same texts' }),
  ];
}

/** Events that Synapse could not bring while Gatehouse was down, beside events that it brings as they happen. */
async function catchUp(ground: Ground, events: number): Promise<readonly Line[]> {
  const { house, customers } = ground;
  const sendAll = async (): Promise<void> => {
    await Promise.all(
      customers.map(async (customer) => {
        for (let i = 0; i < events / CUSTOMERS; i += 1) await ground.send(customer);
      }),
    );
  };
  const sent = Math.ceil(events / CUSTOMERS) * CUSTOMERS;
  const start = ground.entries();
  const steady = await timed(async () => {
    await sendAll();
    await until('the events', () => ground.entries() >= start + sent, 120_000);
  });
  await settle(ground);
  const quiet = resident(house);
  await house.gatehouse.stop();
  const before = ground.entries();
  await sendAll();
  await house.gatehouse.start();
  const behind = ground.entries();
  const missing = before + sent - behind;
  let most = 0;
  const all = (): boolean => {
    most = Math.max(most, resident(house));
    return ground.entries() >= before + sent;
  };
  const caughtUp = await timed(() => until('the backlog', all, 300_000 + sent * 100));
  await settle(ground);
  const lost = Math.max(0, before + sent - ground.entries());
  const rate = (ms: number): string => ((sent / ms) * 1000).toFixed(0);
  const what = `${sent} events sent while Gatehouse was down, ${missing} of them still to come when it was ready: ${rate(caughtUp)}/s; against ${rate(steady)}/s as they happen; lost ${lost}`;
  return [
    line('catch-up after an outage', [steady / caughtUp], { unit: 'x', target: '>= 0.9', what }),
    line('memory while catching up', [most / quiet], {
      unit: 'x',
      what: `most resident meanwhile (${(most / 1e6).toFixed(0)} MB) against after as many as they happen (${(quiet / 1e6).toFixed(0)} MB)`,
    }),
  ];
}

/** Bytes of Gatehouse in memory (proc(5), statm: its second number is resident pages). */
function resident(house: House): number {
  const [, pages = '0'] = readFileSync(`/proc/${house.gatehouse.pid ?? 'self'}/statm`, 'utf8').split(' ');
  return Number(pages) * PAGE_BYTES;
}

async function inHouse(measure: (ground: Ground) => Promise<readonly Line[]>): Promise<readonly Line[]> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-house-'));
  try {
    const installation = await installSynapse({ cacheDir: CACHE });
    await using house = await openHouse({ installation, dir });
    const ground = await Ground.open(house);
    const lines = await measure(ground);
    ground.close();
    return lines;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export const bridged: Bench = {
  name: 'bridged',
  run: () =>
    inHouse(async (ground) => [...(await throughput(ground)), ...(await latency(ground)), ...(await sizes(ground))]),
};

/** Each event is a transaction of its own as it happens; after the outage Synapse brings up to a hundred at a time. */
export const outage: Bench = {
  name: 'outage',
  run: ({ events }) => inHouse(async (ground) => [...(await sizes(ground)), ...(await catchUp(ground, events))]),
};
