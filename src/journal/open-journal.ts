/** Opens the journal for the house: writes through the one writer, reads on connections of its own. */
import { Closing } from '../core/closing.ts';
import type { Clock } from '../core/clock.ts';
import type { Draft, Entry, ErasedEntry } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';
import { JournalDown, type Also, type Appended } from '../core/ports/recorder.ts';
import type { Database, Reading } from '../storage/database.ts';
import { openDatabase } from '../storage/open-database.ts';
import { Backlog } from './append/backlog.ts';
import type { Committed, Journal, Views } from './journal.ts';
import { eraseKeys, scrubBoth } from './keys/erase-keys.ts';
import { openKeyRing, type KeyRing } from './keys/key-ring.ts';
import { openWriter, type Place, type WriterParts } from './open-writer.ts';
import { JournalReader } from './reader.ts';
import { createSearchIndex, type SearchIndex } from './search/index-store.ts';
import { WriterClient } from './thread/writer-client.ts';

/** Where the writer runs: in a thread of its own (`run`), or right here (command line, tests). */
export type WriterPlace =
  | { readonly in: 'thread'; readonly url: URL; readonly data?: unknown }
  | ({ readonly in: 'here'; readonly clock: Clock } & WriterParts);

export interface JournalOptions extends Place {
  readonly writer: WriterPlace;
  /** Called when an append begins; what it returns is called when that is on disk or was refused. */
  readonly timing?: () => () => void;
}

export interface OpenJournal extends Journal {
  readonly reader: JournalReader;
  readonly keys: KeyRing;
  /** For reading only. */
  readonly database: Pick<Database, 'dialect' | 'read'>;
  readonly search: SearchIndex;
  /**
   * Takes the keys of these records away for good, in one commit: only of those that a `retention.erased` on record names;
   * the others are left alone. Doing it again changes nothing. @throws JournalDown
   */
  eraseKeys(positions: readonly Position[]): Promise<void>;
  /**
   * Makes what was erased unreadable in the files at hand: logs of the databases are folded in and cut. Resolves with
   * false where a reader (a backup) holds one of them: ask again later. @throws JournalDown
   */
  scrub(): Promise<boolean>;
  /** Resolves with plain words when the writer is gone for good: the process has to be started again. */
  readonly broken: Promise<string>;
  /** Why the last append could not be written, in plain words; undefined while it can. Whoever was refused asks again. */
  down(): string | undefined;
}

interface Appender extends AsyncDisposable {
  append(drafts: readonly Draft[], also?: Also): Promise<readonly Appended[]>;
  eraseKeys(positions: readonly Position[]): Promise<void>;
  scrub(): Promise<boolean>;
  readonly broken: Promise<string>;
}

/** @throws DatabaseDown, DatabaseTooNew, WrongMasterKey, by name when the writer is a thread. */
export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  await using undo = new Closing();
  const listeners = new Set<(committed: Committed) => void>();
  const appender = undo.use(
    await openAppender(options, (committed) => {
      for (const listener of listeners) listener(committed);
    }),
  );
  const database = undo.use(await openDatabase(options.database, 'read'));
  const keysDatabase = await openDatabase(options.keysDatabase, 'read');
  const keys = undo.use(await openKeyRing(keysDatabase, options.masterKey, false));
  const opened = undo.move();
  const { timing } = options;
  return new HouseJournal({ appender, database, keys, listeners, opened, timing });
}

async function openAppender(options: JournalOptions, committed: (committed: Committed) => void): Promise<Appender> {
  const { writer, database, keysDatabase, masterKey, defaultClass } = options;
  // Only this goes to the thread: what else is in the options stays on this side.
  const place = { database, keysDatabase, masterKey, defaultClass };
  if (writer.in === 'thread') {
    return WriterClient.start({ url: writer.url, data: writer.data, place, committed });
  }
  const open = await openWriter(place, writer, { clock: writer.clock, committed });
  return {
    append: (drafts, also) => open.core.append(drafts, also),
    eraseKeys: (positions) => eraseKeys(positions, open),
    scrub: () => scrubBoth(open),
    // What happens here is thrown here.
    broken: new Promise(() => undefined),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

class HouseJournal implements OpenJournal {
  readonly views: Views;
  readonly reader: JournalReader;
  readonly keys: KeyRing;
  readonly database: Database;
  readonly search: SearchIndex;
  readonly broken: Promise<string>;
  readonly #appender: Appender;
  readonly #listeners: Set<(committed: Committed) => void>;
  readonly #opened: Closing;
  readonly #backlog = new Backlog();
  readonly #timing: JournalOptions['timing'];
  #down: string | undefined;

  constructor(parts: {
    readonly appender: Appender;
    readonly database: Database;
    readonly keys: KeyRing;
    readonly listeners: Set<(committed: Committed) => void>;
    readonly opened: Closing;
    readonly timing: JournalOptions['timing'];
  }) {
    const { database, keys } = parts;
    this.#appender = parts.appender;
    this.broken = parts.appender.broken;
    this.#listeners = parts.listeners;
    this.#opened = parts.opened;
    this.#timing = parts.timing;
    this.database = database;
    this.keys = keys;
    this.reader = new JournalReader(database, keys);
    this.search = createSearchIndex(database.dialect, keys.token);
    const read = <T>(work: (reading: Reading) => Promise<T>): Promise<T> => database.read(work);
    this.views = { read, sealer: keys.sealer };
  }

  async append(drafts: readonly Draft[], also?: Also): Promise<readonly Appended[]> {
    let leave = (): void => undefined;
    const ended = this.#timing?.();
    try {
      leave = this.#backlog.enter(drafts);
      const appended = await this.#appender.append(drafts, also);
      this.#down = undefined;
      return appended;
    } catch (error) {
      if (error instanceof JournalDown) this.#down = error.message;
      throw error;
    } finally {
      leave();
      ended?.();
    }
  }

  down(): string | undefined {
    return this.#down;
  }

  eraseKeys(positions: readonly Position[]): Promise<void> {
    return this.#appender.eraseKeys(positions);
  }

  scrub(): Promise<boolean> {
    return this.#appender.scrub();
  }

  read(position: Position): Promise<Entry | ErasedEntry | undefined> {
    return this.reader.read(position);
  }

  readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]> {
    return this.reader.readMany(positions);
  }

  size(): Promise<number> {
    return this.reader.size();
  }

  stale(): Promise<readonly string[]> {
    return this.reader.stale();
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
