/**
 * What was found before a person's erasure began: once some of their records are gone, what speaks of these would be found
 * no more, and nobody would know any more who wrote as them. In the journal's own notes, sealed, until the certificate.
 */
import { z } from 'zod';
import { must, parseConnectorId, parsePosition, type Position } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { Span } from '../../core/retention-entries.ts';
import type { Views } from '../../journal/journal.ts';
import { listKv, readKv } from '../../journal/kv-store.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { positionsIn } from '../run/chunk-notes.ts';
import { spansOf } from '../run/position-set.ts';
import { pagesOf } from './collecting.ts';
import type { Person } from './person.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-person-found'));
const PERSON = 'person';
const FOUND = 'found/';
/** Positions in one note. */
const PAGE = 10_000;

const position = z.custom<Position>((value) => parsePosition(value).ok);
const noteShape = z.object({ decided: position, spans: z.array(z.tuple([position, position])) });

const personShape = z.object({ decided: position, actors: z.array(z.string()), rooms: z.array(z.string()) });

/** One change for each note: each may be committed by itself, and counts once the run is on record. */
export function noteFound(
  decided: Position,
  { person, positions }: { readonly person: Person; readonly positions: readonly Position[] },
): readonly KvChange[] {
  const pages = [...pagesOf(positions, PAGE)].map((page, i) => {
    const spans: readonly Span[] = spansOf(page);
    return note(`${FOUND}${String(i).padStart(6, '0')}`, { decided, spans });
  });
  return [note(PERSON, { decided, actors: [...person.actors], rooms: [...person.rooms] }), ...pages];
}

function note(key: string, value: unknown): KvChange {
  return { connector: OWNER, key, value: Buffer.from(JSON.stringify(value)) };
}

/** Who wrote as them and which rooms were theirs, when the erasure of this `dsar.decided` began. */
export async function readPerson(
  decided: Position,
  { reading, sealer }: { readonly reading: Reading; readonly sealer: Sealer },
): Promise<Pick<Person, 'actors' | 'rooms'> | undefined> {
  const value = await readKv({ connector: OWNER, key: PERSON }, reading, sealer);
  const noted = value === undefined ? undefined : personShape.parse(parsed(value));
  if (noted?.decided !== decided) return undefined;
  return { actors: new Set(noted.actors), rooms: new Set(noted.rooms) };
}

function parsed(value: Uint8Array): unknown {
  return JSON.parse(Buffer.from(value).toString('utf8'));
}

export interface Found {
  /** Oldest first. */
  readonly positions: readonly Position[];
  /** Committed together with the certificate. */
  readonly forget: readonly KvChange[];
}

/** What was found for this `dsar.decided`. */
export async function readFound(views: Views, decided: Position): Promise<Found> {
  const notes = await views.read((reading) => listKv({ connector: OWNER, prefix: '' }, reading, views.sealer));
  const pages = notes.flatMap(({ key, value }) => (key.startsWith(FOUND) ? [noteShape.parse(parsed(value))] : []));
  const positions = pages.filter((page) => page.decided === decided).flatMap(({ spans }) => positionsIn(spans));
  return {
    positions: positions.toSorted((a, b) => a - b),
    forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })),
  };
}
