/**
 * Which records were found before a person's erasure began: once some are gone, what speaks of them would be found no
 * more. Positions, in the journal's own notes, until the certificate.
 */
import { z } from 'zod';
import { must, parseConnectorId, parsePosition, type Position } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { Span } from '../../core/retention-entries.ts';
import type { Views } from '../../journal/journal.ts';
import { listKv } from '../../journal/kv-store.ts';
import { positionsIn } from '../run/chunk-notes.ts';
import { spansOf } from '../run/position-set.ts';
import { pagesOf } from './collecting.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-person-found'));
/** Positions in one note. */
const PAGE = 10_000;

const position = z.custom<Position>((value) => parsePosition(value).ok);
const noteShape = z.object({ decided: position, spans: z.array(z.tuple([position, position])) });

/** One change for each note: each may be committed by itself, and counts once the run is on record. */
export function noteFound(decided: Position, found: readonly Position[]): readonly KvChange[] {
  return [...pagesOf(found, PAGE)].map((page, i) => {
    const spans: readonly Span[] = spansOf(page);
    const value = Buffer.from(JSON.stringify({ decided, spans }));
    return { connector: OWNER, key: `found/${String(i).padStart(6, '0')}`, value };
  });
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
  const pages = notes.map(({ value }) => noteShape.parse(JSON.parse(Buffer.from(value).toString('utf8'))));
  const positions = pages.filter((page) => page.decided === decided).flatMap(({ spans }) => positionsIn(spans));
  return {
    positions: positions.toSorted((a, b) => a - b),
    forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })),
  };
}
