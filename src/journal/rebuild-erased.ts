/** What a rebuild has to do without: which records are erased, and what of the tables rested on them. */
import { z } from 'zod';
import type { Entry, EntryOf } from '../core/entry.ts';
import { must, parsePosition, type Position } from '../core/ids.ts';
import type { Reading } from '../storage/database.ts';
import { statement } from '../storage/statement.ts';
import { entryAt, type EntryRow } from './entry-store.ts';
import * as id from './entries/ids.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { namedBy } from './named.ts';
import { openRow } from './opener.ts';
import type { Named } from './projection.ts';

const erasures = statement<Record<string, never>, { position: Position }>(
  (db) => db.selectFrom('entry').select('position').where('kind', '=', 'retention.erased').orderBy('position'),
  (row) => z.object({ position: id.position }).parse(row),
);

/** Every `retention.erased` on record; they are never erased themselves. Walks over the whole table once. */
export async function erasedEntries(
  reading: Reading,
  keys: Pick<KeyRing, 'entryKey'>,
): Promise<readonly EntryOf<'retention.erased'>[]> {
  const found: EntryOf<'retention.erased'>[] = [];
  for (const { position } of await reading.all(erasures, {})) {
    const row = await reading.get(entryAt, { position });
    if (row === undefined) continue;
    const entry = openRow(row, await keys.entryKey(position));
    if (!('erased' in entry) && entry.kind === 'retention.erased') found.push(entry);
  }
  return found;
}

const NAMED = ['contact', 'portal', 'room'] as const;

/** Every position that they name. */
export async function positionsErased(reading: Reading, keys: Pick<KeyRing, 'entryKey'>): Promise<readonly Position[]> {
  const spans = (await erasedEntries(reading, keys)).flatMap(({ body }) => body.spans);
  return spans.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => must(parsePosition(from + i))));
}

/** A contact, portal or room, by what it is and its id. */
export type Value = readonly [of: Named, value: string];

/** The erased records that a rebuild has met, and those that the record says there are. */
export class Erasures {
  readonly #positions = new Set<number>();
  readonly #touched = new Set<string>();

  constructor(entries: readonly EntryOf<'retention.erased'>[]) {
    for (const { body } of entries) {
      for (const [from, to] of body.spans) for (let at: number = from; at <= to; at += 1) this.#positions.add(at);
    }
  }

  has(position: Position): boolean {
    return this.#positions.has(position);
  }

  /** What it named in clear is from here on not whole any more. */
  pass({ position, contact, portal, room }: EntryRow): void {
    this.#positions.add(position);
    for (const [of, value] of Object.entries({ contact, portal, room })) {
      if (value !== null) this.#touched.add(`${of} ${value}`);
    }
  }

  /** Of what `entry` names, what erased records before it named too. */
  touchedBy(entry: Entry): readonly Value[] {
    return valuesOf(entry).filter(([of, value]) => this.#touched.has(`${of} ${value}`));
  }

  /** Whether `entry` speaks of a record that is erased. */
  underliesOf({ body }: Entry): boolean {
    const spokenOf = ['of' in body ? body.of : undefined, 'verdict' in body ? body.verdict : undefined];
    return spokenOf.some((position) => position !== undefined && this.has(position));
  }
}

function valuesOf(entry: Entry): readonly Value[] {
  return NAMED.flatMap((of) => namedBy(entry, of).map((value) => [of, value] as const));
}
