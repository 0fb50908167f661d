/** The connectors' durable notes. Key and value are sealed: a key may well be a phone number. */
import { z } from 'zod';
import type { ConnectorId, RemoteId } from '../core/ids.ts';
import type { KvChange } from '../core/ports/recorder.ts';
import type { Reading, Writing } from '../storage/database.ts';
import type { Dialect } from '../storage/dialect.ts';
import type { Sealer } from '../storage/sealer.ts';
import { statement } from '../storage/statement.ts';
import { types } from '../storage/types.ts';

const KEY = 'connector_kv.key';
const VALUE = 'connector_kv.value';
const OF = 'connector_kv_of.of';

export function kvTables(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists connector_kv (
      connector ${t.text} not null,
      key_hash ${t.text} not null,
      key ${t.bytes} not null,
      value ${t.bytes} not null,
      primary key (connector, key_hash)
    )${t.strict}`,
    // A table of its own: databases of before have `connector_kv` as it was.
    `create table if not exists connector_kv_of (
      connector ${t.text} not null,
      key_hash ${t.text} not null,
      of_hash ${t.text} not null,
      primary key (connector, key_hash)
    )${t.strict}`,
    'create index if not exists connector_kv_of_of on connector_kv_of (connector, of_hash)',
  ];
}

const pairRow = z.object({ key: z.instanceof(Uint8Array), value: z.instanceof(Uint8Array) });
type PairRow = z.infer<typeof pairRow>;

const put = statement<{ connector: string; keyHash: string; key: Uint8Array; value: Uint8Array }>((db, p) =>
  db
    .insertInto('connector_kv')
    .values({ connector: p('connector'), key_hash: p('keyHash'), key: p('key'), value: p('value') })
    .onConflict((conflict) => conflict.columns(['connector', 'key_hash']).doUpdateSet({ value: p('value') })),
);
const remove = statement<{ connector: string; keyHash: string }>((db, p) =>
  db.deleteFrom('connector_kv').where('connector', '=', p('connector')).where('key_hash', '=', p('keyHash')),
);
const putOf = statement<{ connector: string; keyHash: string; ofHash: string }>((db, p) =>
  db
    .insertInto('connector_kv_of')
    .values({ connector: p('connector'), key_hash: p('keyHash'), of_hash: p('ofHash') })
    .onConflict((conflict) => conflict.columns(['connector', 'key_hash']).doUpdateSet({ of_hash: p('ofHash') })),
);
const removeOf = statement<{ connector: string; keyHash: string }>((db, p) =>
  db.deleteFrom('connector_kv_of').where('connector', '=', p('connector')).where('key_hash', '=', p('keyHash')),
);
const keyRow = z.object({ key_hash: z.string() });
const allOf = statement<{ connector: string; ofHash: string }, z.infer<typeof keyRow>>(
  (db, p) =>
    db
      .selectFrom('connector_kv_of')
      .select('key_hash')
      .where('connector', '=', p('connector'))
      .where('of_hash', '=', p('ofHash')),
  (row) => keyRow.parse(row),
);
const one = statement<{ connector: string; keyHash: string }, PairRow>(
  (db, p) =>
    db
      .selectFrom('connector_kv')
      .select(['key', 'value'])
      .where('connector', '=', p('connector'))
      .where('key_hash', '=', p('keyHash')),
  (row) => pairRow.parse(row),
);
const all = statement<{ connector: string }, PairRow>(
  (db, p) => db.selectFrom('connector_kv').select(['key', 'value']).where('connector', '=', p('connector')),
  (row) => pairRow.parse(row),
);

export async function applyKv(change: KvChange, writing: Writing, sealer: Sealer): Promise<void> {
  const { connector } = change;
  const keyHash = sealer.lookup(KEY, change.key);
  if (change.value === null) {
    await writing.run(remove, { connector, keyHash });
    await writing.run(removeOf, { connector, keyHash });
    return;
  }
  if (change.of === undefined) await writing.run(removeOf, { connector, keyHash });
  else await writing.run(putOf, { connector, keyHash, ofHash: sealer.lookup(OF, change.of) });
  const value = sealer.seal(VALUE, Buffer.from(change.value).toString('base64'));
  await writing.run(put, { connector, keyHash, key: sealer.seal(KEY, change.key), value });
}

/** Forgets the notes that hold what a message says which is being erased. */
export async function forgetKvOf(
  { connector, of }: { readonly connector: ConnectorId; readonly of: RemoteId },
  writing: Writing,
  sealer: Sealer,
): Promise<void> {
  for (const { key_hash: keyHash } of await writing.all(allOf, { connector, ofHash: sealer.lookup(OF, of) })) {
    await writing.run(remove, { connector, keyHash });
    await writing.run(removeOf, { connector, keyHash });
  }
}

export async function readKv(
  at: { readonly connector: ConnectorId; readonly key: string },
  reading: Reading,
  sealer: Sealer,
): Promise<Uint8Array | undefined> {
  const row = await reading.get(one, { connector: at.connector, keyHash: sealer.lookup(KEY, at.key) });
  return row === undefined ? undefined : openedValue(row, sealer);
}

export interface KvPair {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Notes whose key begins with `prefix`, by key. */
export async function listKv(
  of: { readonly connector: ConnectorId; readonly prefix: string },
  reading: Reading,
  sealer: Sealer,
): Promise<readonly KvPair[]> {
  const rows = await reading.all(all, { connector: of.connector });
  return rows
    .map((row) => ({ key: sealer.open(KEY, row.key), value: openedValue(row, sealer) }))
    .filter((pair) => pair.key.startsWith(of.prefix))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function openedValue(row: PairRow, sealer: Sealer): Uint8Array {
  return new Uint8Array(Buffer.from(sealer.open(VALUE, row.value), 'base64'));
}
