/**
 * How far a reconciliation came, with the journal's own notes: whoever is killed goes on in the same run after the next
 * start, over the same time, and asks the homeserver about no room twice. The notes stay until the next run of the kind.
 */
import { z } from 'zod';
import { must, parseConnectorId, type RoomId } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { LineReconciled, ReconcileReport } from '../../core/watch-entries.ts';
import type { Journal } from '../../journal/journal.ts';
import { readKv } from '../../journal/kv-store.ts';
import type { Reading } from '../../storage/database.ts';
import { column } from '../columns.ts';
import type { ComparedRoom } from './compare-room.ts';
import type { Span } from './difference.ts';
import { lastReport } from './report-store.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-reconcile'));
/** So many rooms, or so many missing ids, are noted at once: at most that much is asked about again. */
const ROOMS_AT_ONCE = 20;
const KEYS_AT_ONCE = 2_000;

const listedShape = z.object({
  lines: z.array(z.object({ line: column.line, inbound: z.number(), takenIn: z.number() })),
  /** Connectors that could not be asked. */
  unanswered: z.array(z.string()),
});
const runShape = z.object({
  id: z.string().optional(),
  from: z.number(),
  to: z.number(),
  /** Notes of rooms there are. */
  pages: z.number(),
  listed: listedShape.optional(),
  sweeping: z.boolean(),
});
const keyShape = z.base64().transform((value): Uint8Array => new Uint8Array(Buffer.from(value, 'base64')));
const roomShape = z.object({
  room: column.room,
  compared: z
    .object({
      events: z.number(),
      gone: z.number(),
      missing: z.array(keyShape),
      more: z.number(),
      missingSince: z.number().optional(),
    })
    .optional(),
});
type Run = z.infer<typeof runShape>;
export type Listings = z.infer<typeof listedShape>;

export interface RunKind {
  readonly by: ReconcileReport['by'];
  /** The same for the same run, whenever it goes on; a run without one never does. */
  readonly id: string | undefined;
  /** The time that it compares if it is a new one. */
  readonly span: Span;
}

type Notes = Pick<Journal, 'append' | 'views'>;

/** A room that was compared; undefined for one that is listed and can't be read. */
interface RoomDone {
  readonly room: RoomId;
  readonly compared: ComparedRoom | undefined;
}

export class RunNotes {
  readonly #journal: Notes;
  readonly #by: RunKind['by'];
  #run: Run;
  #unnoted: RoomDone[] = [];

  private constructor(journal: Notes, by: RunKind['by'], run: Run) {
    this.#journal = journal;
    this.#by = by;
    this.#run = run;
  }

  /** Goes on with the run where it was cut off, or notes that a new one begins. @throws JournalDown */
  static async open({ by, id, span }: RunKind, journal: Notes): Promise<RunNotes> {
    const before = await read(`run/${by}`, runShape, journal);
    const goesOn = id !== undefined && before?.id === id && !(await isReported(before, by, journal));
    if (goesOn) return new RunNotes(journal, by, before);
    const run = { ...(id === undefined ? {} : { id }), ...span, pages: 0, sweeping: false };
    const old = Array.from({ length: before?.pages ?? 0 }, (_, page) => note(pageKey(by, page), undefined));
    await journal.append([], { kv: [...old, note(`run/${by}`, run)] });
    return new RunNotes(journal, by, run);
  }

  get span(): Span {
    return { from: this.#run.from, to: this.#run.to };
  }

  /** What the providers listed, once they were asked. */
  get listed(): Listings | undefined {
    return this.#run.listed;
  }

  /** Whether what is missing was being fetched when the run was cut off. */
  get sweeping(): boolean {
    return this.#run.sweeping;
  }

  /** Rooms that were compared before the run was cut off. */
  async *rooms(): AsyncGenerator<RoomDone> {
    for (let page = 0; page < this.#run.pages; page += 1) {
      const done = (await read(pageKey(this.#by, page), z.array(roomShape), this.#journal)) ?? [];
      for (const { room, compared } of done) {
        yield {
          room,
          compared: compared === undefined ? undefined : { ...compared, missingSince: compared.missingSince },
        };
      }
    }
  }

  async room(done: RoomDone): Promise<void> {
    this.#unnoted.push(done);
    const keys = this.#unnoted.reduce((sum, one) => sum + (one.compared?.missing.length ?? 0), 0);
    if (this.#unnoted.length >= ROOMS_AT_ONCE || keys >= KEYS_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#unnoted.length === 0) return;
    const rooms = this.#unnoted.map(({ room, compared }) => ({
      room,
      ...(compared && { compared: writable(compared) }),
    }));
    const page = note(pageKey(this.#by, this.#run.pages), rooms);
    await this.#note({ ...this.#run, pages: this.#run.pages + 1 }, page);
    this.#unnoted = [];
  }

  async lists(listed: Listings): Promise<void> {
    await this.#note({ ...this.#run, listed });
  }

  async sweepBegins(): Promise<void> {
    if (!this.#run.sweeping) await this.#note({ ...this.#run, sweeping: true });
  }

  async #note(run: Run, ...more: readonly KvChange[]): Promise<void> {
    await this.#journal.append([], { kv: [...more, note(`run/${this.#by}`, run)] });
    this.#run = run;
  }
}

export function listingsOf(
  byLine: ReadonlyMap<LineReconciled['line'], NonNullable<LineReconciled['listed']>>,
  unanswered: readonly string[],
): Listings {
  return { lines: [...byLine].map(([line, listed]) => ({ line, ...listed })), unanswered: [...unanswered] };
}

/** Its report is on record: what comes now under the same name is another run. */
async function isReported(run: Run, by: RunKind['by'], { views }: Notes): Promise<boolean> {
  const last = await views.read((reading: Reading) => lastReport(reading, by));
  return last !== undefined && last.until >= run.to;
}

function writable({ missing, ...compared }: ComparedRoom) {
  return { ...compared, missing: missing.map((key) => Buffer.from(key).toString('base64')) };
}

function pageKey(by: RunKind['by'], page: number): string {
  return `rooms/${by}/${String(page)}`;
}

function note(key: string, value: unknown): KvChange {
  return { connector: OWNER, key, value: value === undefined ? null : Buffer.from(JSON.stringify(value)) };
}

async function read<T>(key: string, shape: z.ZodType<T>, { views }: Notes): Promise<T | undefined> {
  const value = await views.read((reading) => readKv({ connector: OWNER, key }, reading, views.sealer));
  return value === undefined ? undefined : shape.parse(JSON.parse(Buffer.from(value).toString('utf8')));
}
