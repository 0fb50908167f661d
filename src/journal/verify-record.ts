/** Checks one stored record against itself: leaf, sealed bytes, commitment, and the columns that searches rely on. */
import type { KeyObject } from 'node:crypto';
import type { Entry } from '../core/entry.ts';
import { jcs } from '../core/json.ts';
import { commitmentOf, openSealedEntry } from './entry-cipher.ts';
import type { EntryRow } from './entry-store.ts';
import { digestOf, sourceHash } from './identity.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { leafHash, sameHash } from './merkle/hash.ts';
import { EntryDamaged, openPlaintext } from './opener.ts';
import { headerOf } from './reader.ts';

/** What a sound record is: its header's bytes, and itself unless it was erased. */
export interface SoundRecord {
  readonly sound: true;
  readonly header: Uint8Array;
  readonly entry: Entry | undefined;
}

export interface UnsoundRecord {
  readonly sound: false;
  /** What of it is wrong, in words for the officer. */
  readonly what: string;
}

/** `key`: the record's own; undefined when it was erased: then what the leaf holds still verifies. */
export function checkRecord(
  row: EntryRow,
  key: Uint8Array | undefined,
  keys: Pick<KeyRing, 'source'>,
): SoundRecord | UnsoundRecord {
  const header = Buffer.from(headerOf(row), 'utf8');
  if (!sameHash(leafHash(header), row.leaf)) {
    return unsound('its header, its sealed content or its leaf was changed: they no longer match each other');
  }
  if (key === undefined) return { sound: true, header, entry: undefined };
  const plaintext = openSealedEntry(key, row.sealed);
  if (plaintext === undefined) return unsound('its sealed content does not open with its key: the key was changed');
  if (!sameHash(commitmentOf(plaintext), row.commitment)) return unsound('what opens is not what was committed to');
  return checkOpened(row, plaintext, { keys, header });
}

function checkOpened(
  row: EntryRow,
  plaintext: Uint8Array,
  { keys, header }: { readonly keys: Pick<KeyRing, 'source'>; readonly header: Uint8Array },
): SoundRecord | UnsoundRecord {
  try {
    const entry = openPlaintext(row, plaintext);
    const column = differentColumn(row, entry, keys.source);
    return column === undefined
      ? { sound: true, header, entry }
      : unsound(`the column ${column} is not what the record says`);
  } catch (error) {
    if (error instanceof EntryDamaged) return unsound(error.message);
    throw error;
  }
}

function differentColumn(row: EntryRow, entry: Entry, key: KeyObject): string | undefined {
  const { source } = entry;
  const pairs: readonly (readonly [string, string | number | null, string | number | undefined])[] = [
    ['room', row.room, entry.room],
    ['portal', row.portal, entry.portal],
    ['line', row.line, entry.line],
    ['contact', row.contact, entry.contact],
    ['echo_of', row.echo_of, source.echoOf],
    ['conflict_with', row.conflict_with, source.conflictWith],
    ['possible_duplicate_of', row.possible_duplicate_of, source.possibleDuplicateOf],
    ['sure', row.sure, source.sure ? 1 : 0],
  ];
  const different = pairs.find(([, stored, said]) => stored !== (said ?? null));
  if (different !== undefined) return different[0];
  if (!sameHash(sourceHash(key, source), row.source)) return 'source';
  return sameHash(digestOf(key, entry, jcs({ ...entry.body })), row.digest) ? undefined : 'digest';
}

function unsound(what: string): UnsoundRecord {
  return { sound: false, what };
}
