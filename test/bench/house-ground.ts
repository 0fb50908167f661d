/** A house for figures: homeserver, carrier and Gatehouse in processes of their own, and what is asked of them. */
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
import { type Line } from './line.ts';
import { until } from './until.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/synapse');
export const CUSTOMERS = 6;
export const PAGE_BYTES = 4096;

export interface Customer {
  readonly number: string;
  readonly ghost: string;
  room: string;
}

/** Homeserver, carrier and Gatehouse, with a portal open for every customer. */
export class Ground {
  readonly house: House;
  readonly token: string;
  readonly customers: readonly Customer[];
  readonly #db: Sqlite.Database;
  /** Events counted up to a position. */
  #counted = { n: 0, to: 0 };

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

  /** How many events of the homeserver are on record since it was asked first. */
  recorded(): number {
    const row = this.#db
      .prepare(`select count(*) as n, max(position) as last from entry where position > ? and kind = 'matrix.event'`)
      .get(this.#counted.to);
    const { n, last } = z.object({ n: z.number(), last: z.number().nullable() }).parse(row);
    this.#counted = { n: this.#counted.n + n, to: last ?? this.#counted.to };
    return this.#counted.n;
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

/** Waits until nothing more is being recorded: the next measurement begins on a quiet house. */
export async function settle(ground: Ground): Promise<number> {
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

/** Bytes of Gatehouse in memory (proc(5), statm: its second number is resident pages). */
export function resident(house: House): number {
  const [, pages = '0'] = readFileSync(`/proc/${house.gatehouse.pid ?? 'self'}/statm`, 'utf8').split(' ');
  return Number(pages) * PAGE_BYTES;
}

/** A fresh house in a folder of its own, gone afterwards. */
export async function inHouse(measure: (house: House) => Promise<readonly Line[]>): Promise<readonly Line[]> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-house-'));
  try {
    const installation = await installSynapse({ cacheDir: CACHE });
    await using house = await openHouse({ installation, dir });
    return await measure(house);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
