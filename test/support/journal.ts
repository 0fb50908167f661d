/** A real journal for tests: SQLite in a folder of its own, or a database of a running PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import type { Draft, DraftOf, EntryKind } from '../../src/core/entry.ts';
import { must, parseClassId, parseMillis } from '../../src/core/ids.ts';
import type { Views } from '../../src/journal/journal.ts';
import { openJournal, type JournalOptions, type OpenJournal } from '../../src/journal/open-journal.ts';
import type { Place } from '../../src/journal/open-writer.ts';
import type { WriterPart } from '../../src/journal/projection.ts';
import type { TaskSink } from '../../src/journal/task-sink.ts';
import { taskSink } from '../../src/tasks/task-store.ts';
import type { TestPostgres } from './postgres.ts';

export interface TestJournalOptions {
  readonly parts?: readonly WriterPart[];
  readonly tasks?: TaskSink;
  readonly clock?: Clock;
  /** Opens this place again instead of a new one: what a restart finds. */
  readonly place?: Place;
  /** Use this server instead of SQLite. */
  readonly postgres?: TestPostgres | undefined;
}

export interface TestJournal extends AsyncDisposable {
  readonly journal: OpenJournal;
  readonly views: Views;
  readonly place: Place;
  /** Closes the journal, as at shutdown, and keeps its files; `openTestJournal({place})` opens it again. */
  close(): Promise<void>;
}

/** The journal in this process. Disposing closes it and removes a folder that was made for it. */
export async function openTestJournal(options: TestJournalOptions = {}): Promise<TestJournal> {
  const made = options.place === undefined ? await newPlace(options.postgres) : undefined;
  const place = options.place ?? made?.place;
  if (place === undefined) throw new Error('no place');
  const { parts = [], tasks = taskSink, clock = systemClock } = options;
  const settings: JournalOptions = { ...place, writer: { in: 'here', parts, tasks, clock } };
  const journal = await openJournal(settings);
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await journal[Symbol.asyncDispose]();
    open = false;
  };
  return {
    journal,
    views: journal.views,
    place,
    close,
    [Symbol.asyncDispose]: async () => {
      await close();
      await made?.remove();
    },
  };
}

/** Somewhere to open a journal, and how to take it away again. */
export async function newPlace(
  postgres?: TestPostgres,
): Promise<{ readonly place: Place; readonly dir: string; readonly remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  const masterKey = Uint8Array.from(randomBytes(32));
  const defaultClass = must(parseClassId('test-class'));
  if (postgres !== undefined) {
    const database = { dialect: 'postgres', url: await postgres.database() } as const;
    const keysDatabase = { dialect: 'postgres', url: await postgres.database() } as const;
    return { place: { database, keysDatabase, masterKey, defaultClass }, dir, remove };
  }
  const database = { dialect: 'sqlite', file: join(dir, 'gatehouse.db') } as const;
  const keysDatabase = { dialect: 'sqlite', file: join(dir, 'keys.db') } as const;
  return { place: { database, keysDatabase, masterKey, defaultClass }, dir, remove };
}

/** A draft of `kind` from a source of our own making; a small thing to put on record. */
export function draftOf<K extends EntryKind>(
  kind: K,
  body: DraftOf<K>['body'],
  more: Partial<Omit<DraftOf<K>, 'kind' | 'body'>> = {},
): DraftOf<K> {
  drafted += 1;
  return { kind, at: must(parseMillis(1_700_000_000_000 + drafted)), source: ownSource(), body, ...more };
}

/** The simplest draft there is. */
export function noteDraft(why: string): Draft {
  return draftOf('system.stopped', { why });
}

let drafted = 0;

function ownSource(): Draft['source'] {
  return { system: 'gatehouse', id: `test-${drafted}`, sure: true };
}
