/** Looks at everything from outside until nothing is outstanding any more. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Client } from '../../src/demo/client.ts';
import type { House } from '../../src/demo/house.ts';
import type { History, Line } from './history.ts';
import type { Evidence, RecordSeen } from './judge/evidence.ts';
import { judge, problems, type Verdict } from './judge/judge.ts';
import type { Proxies } from './proxies.ts';
import type { RoomsSeen } from './rooms-seen.ts';
import type { Traffic } from './traffic.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const MOST_PRINTED = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 500;
/** No progress for so long means that there will be none. */
const PATIENCE_MS = 45_000;

const record = z.object({
  position: z.number(),
  kind: z.string(),
  from: z.string().nullable(),
  text: z.string().nullable(),
});

interface Sources {
  readonly house: House;
  readonly history: History;
  readonly traffic: Traffic;
  readonly rooms: RoomsSeen;
  readonly proxies: Proxies;
  readonly alice: Client;
}

export class Observer {
  readonly #sources: Sources;
  readonly #expected = new Set<string>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** These names in Gatehouse's log follow from what is done to it on purpose. */
  expectErrors(...names: readonly string[]): void {
    for (const name of names) this.#expected.add(name);
  }

  /** Waits until all is well, or nothing has moved for `patienceMs`. */
  async settled(patienceMs = PATIENCE_MS): Promise<Settled> {
    let before = '';
    let moved = performance.now();
    for (;;) {
      const now = await this.#fingerprint();
      if (now !== before) moved = performance.now();
      const look = now === before ? await this.#look() : undefined;
      if (look?.open.length === 0 || performance.now() - moved > patienceMs) {
        const evidence = look?.evidence ?? (await this.evidence());
        return { verdict: judge(evidence), evidence };
      }
      before = now;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** What a judge would complain of now, apart from what was logged: that does not go away by waiting. */
  async outstanding(): Promise<readonly string[]> {
    return (await this.#look()).open;
  }

  async evidence(): Promise<Evidence> {
    return { ...(await this.#withoutRecord()), record: await this.#record() };
  }

  /** The record is asked for last: that starts a process, which the house would wait for as long as anything else is open. */
  async #look(): Promise<{ readonly open: readonly string[]; readonly evidence?: Evidence }> {
    const seen = await this.#withoutRecord();
    const open = outstandingIn({ ...seen, record: wholeRecord(seen.deeds) });
    if (open.length > 0) return { open };
    const evidence = { ...seen, record: await this.#record() };
    return { open: outstandingIn(evidence), evidence };
  }

  #record(): Promise<readonly RecordSeen[]> {
    return recordIn(this.#sources.house, 'answer OR aside');
  }

  async #withoutRecord(): Promise<Omit<Evidence, 'record'>> {
    const { history, house, rooms, traffic, proxies } = this.#sources;
    const seen = await rooms.portalsOf(traffic.customers);
    const internal = await Promise.all(traffic.rooms.map(async (room) => [room, await rooms.eventsOf(room)] as const));
    const errors = await errorsIn(join(house.dir, 'gatehouse.log'));
    return {
      ...seen,
      deeds: history.all(),
      internal: new Map(internal),
      carrier: await house.carrier.seen(),
      handed: [proxies.handed.bridge.order, proxies.handed.archive.order],
      errors: errors.filter((name) => !this.#expected.has(name)),
    };
  }

  /** What a mark changes in a room and a receipt in the log moves too: it is the same only when all is quiet. */
  async #fingerprint(): Promise<string> {
    const { house, alice } = this.#sources;
    const texts = (await house.carrier.seen()).filter((one) => one.text !== undefined);
    const events = [...alice.rooms.values()].reduce((sum, room) => sum + room.length, 0);
    return `${texts.length} ${events}`;
  }
}

function outstandingIn(evidence: Evidence): readonly string[] {
  return problems(judge({ ...evidence, errors: [] }));
}

/** The record as it is when nothing misses: against it shows what else is open. */
function wholeRecord(deeds: readonly Line[]): readonly RecordSeen[] {
  return deeds.flatMap((one, position) => {
    if (one.what !== 'saying' && one.what !== 'chatting') return [];
    const who = one.what === 'saying' ? 'alice' : one.who;
    return [{ position, kind: 'matrix.event', from: `@${who}:`, text: one.text }];
  });
}

export interface Settled {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** What the public command finds, Gatehouse running or not; at most 10,000 records. */
export async function recordIn({ config, dir }: House, query: string): Promise<readonly RecordSeen[]> {
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
  const search = ['search', query, '--limit', '10000', '--json', '--config', config];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, MAIN, ...search], {
    cwd: dir,
    maxBuffer: MOST_PRINTED,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => record.parse(JSON.parse(line)));
}

/** The names of what was logged as an error; a line that a kill cut off may have none. */
export async function errorsIn(log: string): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8');
  return Array.from(text.matchAll(/"level":"error","event":"([^"]+)"/gu), ([, event = '']) => event);
}
