/** From a row to an entry: decrypted, checked, in the current version's form. */
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';
import { bodies } from './entries/bodies.ts';
import { upcast } from './entries/upcast.ts';
import { openSealedEntry } from './entry-cipher.ts';
import type { EntryRow } from './entry-store.ts';
import { parsePlaintext, type OpenedPlain } from './plaintext.ts';

/** The stored bytes are not what was recorded, or not readable by this program: `verify` says more. */
export class EntryDamaged extends Error {
  override name = 'EntryDamaged';
  readonly position: Position;
  constructor(position: Position, why: string) {
    super(`record ${position} cannot be opened: ${why}`);
    this.position = position;
  }
}

/**
 * Opens one row; without a key the entry is erased.
 * @throws EntryDamaged
 */
export function openRow(row: EntryRow, key: Uint8Array | undefined): Entry | ErasedEntry {
  if (key === undefined) return erased(row);
  const plaintext = openSealedEntry(key, row.sealed);
  if (plaintext === undefined) throw new EntryDamaged(row.position, 'its bytes were changed');
  return openPlaintext(row, plaintext);
}

/** The entry of a row whose sealed bytes are opened already. @throws EntryDamaged */
export function openPlaintext(row: EntryRow, plaintext: Uint8Array): Entry {
  const entry = assembled(row, parsed(row.position, plaintext));
  if (isEntry(entry)) return entry;
  throw new EntryDamaged(row.position, `it is no ${row.kind} of version ${row.v}`);
}

function erased(row: EntryRow): ErasedEntry {
  const { position, kind, at } = row;
  return { position, kind, at, recordedAt: row.recorded_at, class: row.class, erased: true };
}

function parsed(position: Position, plaintext: Uint8Array): OpenedPlain {
  try {
    return parsePlaintext(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength).toString('utf8'));
  } catch {
    throw new EntryDamaged(position, 'its text is not in the form of a record');
  }
}

type Assembled = Omit<Entry, 'kind' | 'body'> & { readonly kind: Entry['kind']; readonly body: unknown };

function assembled(row: EntryRow, plain: OpenedPlain): Assembled {
  return {
    ...plain,
    body: upcast(row.kind, row.v, plain.body),
    position: row.position,
    kind: row.kind,
    v: row.v,
    at: row.at,
    recordedAt: row.recorded_at,
    class: row.class,
    ...(row.direction === null ? {} : { direction: row.direction }),
  };
}

function isEntry(entry: Assembled): entry is Entry {
  return bodies[entry.kind].safeParse(entry.body).success;
}
