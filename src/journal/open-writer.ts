/** Opens the one writer: databases, keys, tables, and what runs inside its transactions. */
import { Closing } from '../core/closing.ts';
import type { Clock } from '../core/clock.ts';
import type { ClassId } from '../core/ids.ts';
import type { Database } from '../storage/database.ts';
import { openDatabase, type DatabaseOptions } from '../storage/open-database.ts';
import { createSchemas, type Schema } from '../storage/schema.ts';
import { projections } from './append/follow.ts';
import { WriterCore } from './append/writer-core.ts';
import { entryTables } from './entry-store.ts';
import { headTables, makeHead } from './head-store.ts';
import type { Committed } from './journal.ts';
import { openKeyRing, type KeyRing } from './keys/key-ring.ts';
import { KeyStock } from './keys/key-stock.ts';
import { kvTables } from './kv-store.ts';
import { epochTables } from './log/epochs.ts';
import { CompactTree } from './merkle/tree.ts';
import type { WriterPart } from './projection.ts';
import { createSearchIndex, type SearchIndex } from './search/index-store.ts';
import type { TaskSink } from './task-sink.ts';

/** Where the record is kept, and the key to it. */
export interface Place {
  readonly database: DatabaseOptions;
  readonly keysDatabase: DatabaseOptions;
  readonly masterKey: Uint8Array;
  readonly defaultClass: ClassId;
}

/** What runs inside the writer's transactions. */
export interface WriterParts {
  readonly parts: readonly WriterPart[];
  readonly tasks: TaskSink;
}

export interface WriterHooks {
  readonly clock: Clock;
  readonly committed: (committed: Committed) => void;
}

/** Version of all tables beside the keys. */
const JOURNAL_VERSION = 1;

/** All tables of the record, beside the keys. */
export function journalSchema({ parts, tasks }: WriterParts, search: Pick<SearchIndex, 'schema'>): Schema {
  return {
    name: 'journal',
    version: JOURNAL_VERSION,
    tables: (dialect) => [
      ...headTables(dialect),
      ...epochTables(dialect),
      ...entryTables(dialect),
      ...kvTables(dialect),
      ...tasks.schema(dialect),
      ...search.schema(),
      ...projections({ parts }).flatMap((projection) => projection.schema(dialect)),
    ],
  };
}

export interface OpenWriter extends AsyncDisposable {
  readonly core: WriterCore;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly search: SearchIndex;
}

/** @throws DatabaseDown, DatabaseTooNew, WrongMasterKey */
export async function openWriter(place: Place, parts: WriterParts, hooks: WriterHooks): Promise<OpenWriter> {
  await using undo = new Closing();
  const database = undo.use(await openDatabase(place.database));
  const keys = undo.use(await openKeyRing(await openDatabase(place.keysDatabase), place.masterKey, true));
  const search = createSearchIndex(database.dialect, keys.token);
  await createSchemas(database, [journalSchema(parts, search)]);
  await database.write((writing) => writing.run(makeHead, { tree: CompactTree.empty().save() }));
  const stock = new KeyStock(keys);
  const core = undo.use(
    await WriterCore.open({
      ...{ database, keys, search, stock, defaultClass: place.defaultClass },
      ...{ parts: parts.parts, tasks: parts.tasks },
      ...{ clock: hooks.clock, committed: hooks.committed, yield: nextTurn },
    }),
  );
  const opened = undo.move();
  return { core, database, keys, search, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** Lets messages that have arrived be read before the next commit begins. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
