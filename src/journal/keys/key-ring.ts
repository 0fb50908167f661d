/**
 * All keys of one installation. The master key wraps the named keys, the named key `wrap` wraps the entry keys: a
 * change of the master key touches a handful of rows. Deleting an entry's key row erases the entry.
 */
import { createPrivateKey, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Position } from '../../core/ids.ts';
import type { Database } from '../../storage/database.ts';
import { createSchemas } from '../../storage/schema.ts';
import { createSealer } from '../../storage/create-sealer.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { addNamedKey, entryKey, entryKeysBetween, keySchema, namedKey, removeEntryKey } from './key-store.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

const KEY_BYTES = 32;
/** RFC 8410, 7: what goes before the 32 bytes of an Ed25519 key in PKCS #8. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const names = ['wrap', 'seal', 'lookup', 'token', 'source', 'signing'] as const;
type Name = (typeof names)[number];

/** The keys in keys.db were wrapped by another master key. */
export class WrongMasterKey extends Error {
  override name = 'WrongMasterKey';
  constructor() {
    super(
      'this master key does not open the keys of this installation: ' +
        'use the one that was made with them, or the recovery sheet',
    );
  }
}

export interface KeyRing extends AsyncDisposable {
  /** Seals what projections hold of persons. */
  readonly sealer: Sealer;
  /** HMAC key of the search index's tokens. */
  readonly token: Uint8Array;
  /** HMAC key of source ids and content digests. */
  readonly source: KeyObject;
  /** Ed25519, signs checkpoints and manifests. */
  readonly signing: KeyObject;
  /** Wraps entry keys. */
  readonly wrap: KeyObject;
  readonly database: Database;
  /** The key of one entry; undefined when it is erased, or not made yet. */
  entryKey(position: Position): Promise<Uint8Array | undefined>;
  /** The keys of the entries `from` to `to` that have one: up to 1,024 at a time. */
  entryKeys(range: { readonly from: Position; readonly to: Position }): Promise<ReadonlyMap<number, Uint8Array>>;
  /**
   * Erases entries, in one commit: nothing opens them any more. Whether that may be is the caller's to know; what is left
   * in the database's log goes with `database.scrub()`.
   */
  eraseEntryKeys(positions: readonly Position[]): Promise<void>;
}

/**
 * Opens the key ring; with `make`, creates what is missing (only the writer does).
 * Closing the ring closes `database`.
 * @throws WrongMasterKey
 */
export async function openKeyRing(database: Database, masterKey: Uint8Array, make: boolean): Promise<KeyRing> {
  const master = createSecretKey(masterKey);
  if (make) {
    await createSchemas(database, [keySchema]);
    await database.write(async (writing) => {
      for (const name of names) {
        await writing.run(addNamedKey, { name, wrapped: wrapKey(master, randomBytes(KEY_BYTES)) });
      }
    });
  }
  const named = (name: Name): Promise<Uint8Array> => readNamed(database, master, name);
  const wrap = createSecretKey(await named('wrap'));
  return {
    sealer: createSealer({ seal: await named('seal'), lookup: await named('lookup') }),
    token: await named('token'),
    source: createSecretKey(await named('source')),
    signing: signingKey(await named('signing')),
    wrap,
    database,
    ...entryKeyAccess(database, wrap),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function entryKeyAccess(
  database: Database,
  wrap: KeyObject,
): Pick<KeyRing, 'entryKey' | 'entryKeys' | 'eraseEntryKeys'> {
  return {
    entryKey: async (position) => {
      const row = await database.read((reading) => reading.get(entryKey, { position }));
      return row === undefined ? undefined : opened(wrap, row.wrapped);
    },
    entryKeys: async (range) => {
      const rows = await database.read((reading) => reading.all(entryKeysBetween, range));
      return new Map(rows.map((row) => [row.position, opened(wrap, row.wrapped)]));
    },
    eraseEntryKeys: (positions) =>
      database.write(async (writing) => {
        for (const position of positions) await writing.run(removeEntryKey, { position });
      }),
  };
}

async function readNamed(database: Database, master: KeyObject, name: Name): Promise<Uint8Array> {
  const row = await database.read((reading) => reading.get(namedKey, { name }));
  if (row === undefined) throw new Error(`keys.db lacks the key ${name}: restore its backup`);
  const key = unwrapKey(master, row.wrapped);
  if (key === undefined) throw new WrongMasterKey();
  return key;
}

function opened(wrap: KeyObject, wrapped: Uint8Array): Uint8Array {
  const key = unwrapKey(wrap, wrapped);
  if (key === undefined) throw new Error('an entry key in keys.db is damaged: restore a backup of keys.db');
  return key;
}

function signingKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
}
