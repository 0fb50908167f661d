/** A journal in a folder of its own, and the plain SQLite table that it is compared with. */
import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { writerParts } from '../../src/app/writer-parts.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Draft } from '../../src/core/entry.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { openWriter, type OpenWriter, type Place, type WriterParts } from '../../src/journal/open-writer.ts';
import { taskSink } from '../../src/tasks/task-store.ts';
import { CONTACTS, DOMAIN, messageDraft, openedDraft } from './traffic.ts';

export const noParts: WriterParts = { parts: [], tasks: taskSink };
/** The bridge's and the bots' projections and planners, as the house runs them. */
export const allParts: WriterParts = writerParts(DOMAIN);

export interface Ground extends AsyncDisposable {
  readonly dir: string;
  readonly place: Place;
}

/** On the file system of the temporary folder: `TMPDIR` chooses another disk. */
export async function ground(): Promise<Ground> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  return {
    dir,
    place: {
      database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
      keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
      masterKey: Uint8Array.from(randomBytes(32)),
      defaultClass: must(parseClassId('bench')),
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

/** The writer in this thread; with all parts every contact has its portal and room. */
export async function writerOn(place: Place, parts: WriterParts): Promise<OpenWriter> {
  const writer = await openWriter(place, parts, { clock: systemClock, committed: () => undefined });
  if (parts.parts.length > 0) await openPortals(writer.core);
  return writer;
}

async function openPortals(core: OpenWriter['core']): Promise<void> {
  for (let contact = 0; contact < CONTACTS; contact += 1) {
    const [first] = await core.append([messageDraft(contact)]);
    if (first !== undefined) await core.append([openedDraft(contact, first.position)]);
  }
}

export type RawForm = 'plain' | 'indexed';

/** The tables that the journal's ingest is compared with; `indexed` is what an archive needs that is asked by room, sender and time. */
const RAW_TABLES: Readonly<Record<RawForm, readonly string[]>> = {
  plain: ['create table raw (position integer primary key, id text not null unique, json blob not null) strict'],
  indexed: [
    `create table raw (position integer primary key, id text not null unique, room text not null, sender text not null,
      kind text not null, at integer not null, recorded_at integer not null, class text not null, direction text,
      digest blob not null, json blob not null) strict`,
    'create index raw_room on raw (room, position)',
    'create index raw_sender on raw (sender, position)',
    'create index raw_at on raw (at)',
  ],
};

/** A plain SQLite table under the journal's own PRAGMAs. */
export class RawTable {
  readonly #db: Sqlite.Database;
  readonly #insert: (drafts: readonly Draft[]) => void;

  constructor(file: string, form: RawForm) {
    const db = new Sqlite(file);
    for (const pragma of PRAGMAS) db.pragma(pragma);
    for (const text of RAW_TABLES[form]) db.exec(text);
    const one = form === 'plain' ? plainInsert(db) : indexedInsert(db);
    const all = db.transaction((drafts: readonly Draft[]) => {
      for (const draft of drafts) one(draft);
    });
    this.#db = db;
    this.#insert = (drafts) => {
      all.immediate(drafts);
    };
  }

  /** One transaction, on disk when it returns. */
  insert(drafts: readonly Draft[]): void {
    this.#insert(drafts);
  }

  close(): void {
    this.#db.close();
  }
}

function plainInsert(db: Sqlite.Database): (draft: Draft) => void {
  const insert = db.prepare<[string, Uint8Array]>('insert into raw (id, json) values (?, ?)');
  return (draft) => {
    insert.run(draft.source.id, jsonOf(draft));
  };
}

function indexedInsert(db: Sqlite.Database): (draft: Draft) => void {
  const insert = db.prepare<(string | bigint | Uint8Array | null)[]>(
    `insert into raw (id, room, sender, kind, at, recorded_at, class, direction, digest, json)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (draft) => {
    const [json, at] = [jsonOf(draft), BigInt(draft.at)];
    const digest = hash('sha256', json, 'buffer');
    const { room = 'none', actor = 'none' } = draft;
    insert.run(draft.source.id, room, actor, draft.kind, at, at, draft.class ?? '', null, digest, json);
  };
}

/** Those of storage/sqlite.ts. */
const PRAGMAS = [
  'journal_mode = wal',
  'synchronous = full',
  'foreign_keys = on',
  'secure_delete = on',
  'temp_store = memory',
  'cache_size = -32000',
  'wal_autocheckpoint = 4000',
];

/** The event as it came, or the message as JSON. */
function jsonOf(draft: Draft): Uint8Array {
  return draft.kind === 'matrix.event' && draft.raw !== undefined
    ? draft.raw
    : Buffer.from(JSON.stringify({ id: draft.source.id, at: draft.at, ...draft.body }));
}
