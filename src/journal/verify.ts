/**
 * Verifies the whole record: every row against its leaf, its sealed content and its columns; the tree against what the
 * writer keeps; the published files; and every checkpoint that is known, on file, on record or handed in. Whoever
 * changes one byte is found with the position, and so is a tree that was rewritten after a checkpoint went out.
 */
import type { Entry, EntryOf } from '../core/entry.ts';
import { must, parsePosition, type Position } from '../core/ids.ts';
import type { Database } from '../storage/database.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { entriesBetween, entryAt, type EntryRow } from './entry-store.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { createDatabaseLog } from './log/database-log.ts';
import { earlierFolder, type EarlierLog } from './log/earlier-logs.ts';
import { sameHash } from './merkle/hash.ts';
import { PastRoots } from './merkle/past-roots.ts';
import {
  knownCheckpoints,
  lostRanges,
  PUBLISHED,
  sharedHead,
  type Known,
  type KnownOptions,
  type LostRange,
} from './verify-known.ts';
import { ErasedCheck, type Gaps } from './verify-erased.ts';
import { PublishedCheck } from './verify-published.ts';
import { checkRecord } from './verify-record.ts';

const PAGE = 256;

export interface Verdict {
  readonly ok: boolean;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Records that a checkpoint vouches for, and those after it. */
  readonly covered: number;
  readonly uncovered: number;
  /** Records whose content is lawfully gone; their leaves verify. */
  readonly erased: number;
  /** How these are explained; absent where none is erased. */
  readonly gaps?: Gaps;
  readonly firstBad: FirstBad | null;
  /** What earlier epochs published and a restore could not bring back: no fault of this record. */
  readonly lost?: readonly LostRange[];
}

export interface FirstBad {
  readonly position: number;
  /** In words for the officer. */
  readonly what: string;
}

export interface VerifySource {
  readonly database: Pick<Database, 'read'>;
  readonly keys: Pick<KeyRing, 'entryKey' | 'entryKeys' | 'source'>;
}

/** Without `files` only the records and the handed-in checkpoints are checked. */
export interface VerifyOptions extends KnownOptions {
  /** The files on record; without them only what the records say of them is checked. */
  readonly blobs?: Pick<BlobStore, 'check'>;
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** @throws DOMException (AbortError) when `signal` is aborted. */
export function verifyJournal(source: VerifySource, options: VerifyOptions): Promise<Verdict> {
  return new Verification(source, options).run();
}

interface Page {
  readonly rows: readonly { readonly row: EntryRow; readonly key: Uint8Array | undefined }[];
  /** What is wrong with the one after the last of them, when it should be there. */
  readonly then: string;
}

class Verification {
  readonly #source: VerifySource;
  readonly #options: VerifyOptions;
  readonly #log: ReturnType<typeof createDatabaseLog>;
  readonly #past = new PastRoots();
  #published = new PublishedCheck(undefined, 0);
  #covered = 0;
  #erased = 0;
  readonly #erasures = new ErasedCheck();
  #bad: FirstBad | null = null;

  constructor(source: VerifySource, options: VerifyOptions) {
    this.#source = source;
    this.#options = options;
    this.#log = createDatabaseLog(source.database);
  }

  async run(): Promise<Verdict> {
    // In this order: whoever writes meanwhile is never behind what it publishes.
    const known = await knownCheckpoints(this.#options);
    const head = await this.#log.head();
    const published = known.find((checkpoint) => checkpoint.name === PUBLISHED);
    this.#published = new PublishedCheck(this.#options.files, published?.size ?? 0);
    for (let from = 1; from <= head.size && this.#bad === null; from += PAGE) {
      this.#options.signal?.throwIfAborted();
      await this.#page(from, Math.min(head.size, from + PAGE - 1));
      this.#options.onProgress?.(Math.min(head.size, from + PAGE - 1), head.size);
    }
    this.#noteMissing();
    if (this.#bad === null) await this.#whole(head, known, published);
    return this.#verdict(head, known);
  }

  /** A file that is missing comes to light at its record, and whether it had to go only later. */
  #noteMissing(): void {
    const missing = this.#erasures.firstMissing();
    if (missing !== undefined && missing.position < (this.#bad?.position ?? Infinity)) this.#bad = missing;
  }

  #verdict({ size, root }: { size: number; root: Uint8Array }, known: readonly Known[]): Verdict {
    const gaps = this.#erasures.gaps();
    const lost = lostRanges(this.#options.earlier ?? [], known);
    return {
      ok: this.#bad === null,
      size,
      root: Buffer.from(root).toString('base64'),
      covered: this.#covered,
      uncovered: Math.max(0, size - this.#covered),
      erased: this.#erased,
      ...(gaps === undefined ? {} : { gaps }),
      firstBad: this.#bad,
      ...(lost.length === 0 ? {} : { lost }),
    };
  }

  async #page(from: number, to: number): Promise<void> {
    const page = await this.#read(from, to);
    for (const { row, key } of page.rows) {
      await this.#record(row, key);
      if (this.#bad !== null) return;
    }
    if (page.rows.length < to - from + 1) this.#note(from + page.rows.length, page.then);
  }

  /** Rows and keys as far as they can be read without a gap, and what is wrong then. */
  async #read(from: number, to: number): Promise<Page> {
    const range = { from: must(parsePosition(from)), to: must(parsePosition(to)) };
    try {
      const rows = await this.#source.database.read((reading) => reading.all(entriesBetween, range));
      const keys = await this.#source.keys.entryKeys(range);
      const gap = rows.findIndex((row, i) => row.position !== from + i);
      const whole = gap < 0 ? rows : rows.slice(0, gap);
      return { rows: whole.map((row) => ({ row, key: keys.get(row.position) })), then: MISSING };
    } catch {
      // One of them can't be read: which one?
      return this.#readOneByOne(from, to);
    }
  }

  async #readOneByOne(from: number, to: number): Promise<Page> {
    const rows: { row: EntryRow; key: Uint8Array | undefined }[] = [];
    for (let at = from; at <= to; at += 1) {
      const position = must(parsePosition(at));
      try {
        const row = await this.#source.database.read((reading) => reading.get(entryAt, { position }));
        if (row === undefined) break;
        rows.push({ row, key: await this.#source.keys.entryKey(position) });
      } catch {
        return { rows, then: 'it, or its key, cannot be read from the database' };
      }
    }
    return { rows, then: MISSING };
  }

  async #record(row: EntryRow, key: Uint8Array | undefined): Promise<void> {
    const checked = checkRecord(row, key, this.#source.keys);
    if (!checked.sound) {
      this.#note(row.position, checked.what);
      return;
    }
    if (checked.entry === undefined) this.#gone(row.position);
    const files = this.#published.add(checked.header, row.leaf);
    if (files !== undefined) await files;
    this.#past.passed(this.#published.tree());
    if (checked.entry?.kind === 'file.stored') await this.#file(checked.entry);
    if (checked.entry !== undefined) await this.#recorded(checked.entry);
  }

  #gone(position: Position): void {
    this.#erased += 1;
    this.#erasures.gone(position);
  }

  /** The name is the hash, and the name is on record: what hashes to it is what was stored. */
  async #file({ position, body }: EntryOf<'file.stored'>): Promise<void> {
    const state = await this.#options.blobs?.check(body.blob);
    if (state === undefined || state === 'sound') return;
    const file = `data/blobs/${body.blob.slice(0, 2)}/${body.blob}`;
    if (state === 'changed') this.#note(position, `its file ${file} was changed`);
    // Files go before the keys: whether this one was to go is said by a later record.
    else this.#erasures.missing(position, `its file ${file} is missing`);
  }

  /** A checkpoint that is itself on record. */
  async #recorded(entry: Entry): Promise<void> {
    this.#erasures.opened(entry);
    if (entry.kind !== 'checkpoint.published' || !this.#isOurs(entry.body.origin)) return;
    const { size, root } = entry.body;
    if (size >= entry.position) this.#note(entry.position, 'it speaks of a checkpoint of records that came after it');
    else
      await this.#compare({
        size,
        root: Buffer.from(root, 'base64'),
        name: `the checkpoint in record ${entry.position}`,
      });
  }

  async #whole(head: { size: number; root: Uint8Array }, known: readonly Known[], published?: Known): Promise<void> {
    if (await this.#isBeyond(head.size)) this.#note(head.size + 1, 'it is behind the end of the record');
    if (!sameHash(this.#published.tree().root(), head.root)) {
      this.#note(Math.max(1, head.size), 'the tree kept beside the records is not the one that the records make');
    }
    for (const checkpoint of known.toSorted((a, b) => a.size - b.size)) {
      if (checkpoint.earlier !== undefined) await this.#earlier(checkpoint, checkpoint.earlier);
      else if (checkpoint.size <= head.size) await this.#compare(checkpoint);
      else this.#note(head.size + 1, beyondEnd(checkpoint, head.size));
    }
    const { mismatch } = this.#published;
    if (mismatch === undefined || (this.#bad !== null && published !== undefined)) return;
    this.#note(
      mismatch.position,
      `the published file data/log/${mismatch.path} was changed or is missing; the record itself is sound`,
    );
  }

  /** What an earlier epoch published is ours as far as the record was gone on from; the rest is lost, not changed. */
  async #earlier(checkpoint: Known, log: EarlierLog): Promise<void> {
    const { files } = this.#options;
    if (checkpoint.size <= log.kept) {
      await this.#compare(checkpoint);
      return;
    }
    const onFile = files !== undefined && checkpoint.name.includes(earlierFolder(log.epoch));
    const shared = onFile ? await sharedHead(checkpoint, log, files) : undefined;
    if (shared !== undefined) await this.#compare(shared);
  }

  #isOurs(origin: string): boolean {
    const { verifier, earlier = [] } = this.#options;
    return [verifier, ...earlier.map((log) => log.verifier)].some(({ name }) => name === origin);
  }

  /** Whether there is a record behind the end; one that was appended meanwhile moved the end. */
  async #isBeyond(size: number): Promise<boolean> {
    const beyond = await this.#log.leaves(size, size + 1);
    return beyond.length > 0 && (await this.#log.head()).size === size;
  }

  async #compare({ size, root, name }: Known): Promise<void> {
    const leaves = this.#log.leaves.bind(this.#log);
    if (sameHash(await this.#past.at(size, leaves), root)) {
      this.#covered = Math.max(this.#covered, size);
      return;
    }
    const { mismatch } = this.#published;
    const rewritten = mismatch !== undefined && mismatch.position <= size ? mismatch.position : undefined;
    if (rewritten !== undefined)
      this.#note(rewritten, `it is not what was published: ${name} vouches for another record`);
    else this.#note(this.#covered + 1, `a record from here to ${size} is not what ${name} vouches for`);
  }

  #note(position: number, what: string): void {
    this.#bad ??= { position, what };
  }
}

function beyondEnd({ name, size }: Known, held: number): string {
  return size === Infinity
    ? `${name} ${NOT_OURS}`
    : `it is missing: ${name} covers ${size} records, the database holds ${held}`;
}

const MISSING = 'it is missing';
const NOT_OURS = 'is not signed with the key of this installation, or was changed';
