/**
 * After a run's walk: whoever has nothing left but what the house is built on, all of it over, gives up their places, and
 * what stood for them is erased by the same run.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { parseContactId, type ContactId, type Position } from '../../core/ids.ts';
import type { Span, StayCount } from '../../core/retention-entries.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { statement } from '../../storage/statement.ts';
import type { ClassTable } from '../classes/class-table.ts';
import { recordsOf } from '../places/left-records.ts';
import { notedPlaces, type LeftPlace } from '../places/place-notes.ts';
import type { Places } from '../places/places.ts';
import { ChunkNotes, chunksIn, positionsIn } from './chunk-notes.ts';
import { decide } from './decide.ts';
import { LayerErasing } from './erase-layer.ts';
import { dueAmong, termFor, type Looking } from './look.ts';
import type { HomeserverCleaner } from './homeserver-cleaner.ts';
import type { WalkDeps } from './run-deps.ts';
import { armedFor } from './run-store.ts';

export interface LeaveOverDeps extends WalkDeps {
  readonly journal: WalkDeps['journal'] & Pick<OpenJournal, 'search' | 'stale'>;
  readonly cleaner: Pick<HomeserverCleaner, 'notes'>;
  /** Absent where nothing is deleted on the homeserver: then rooms and ghosts stay, and what stands for them. */
  readonly places?: Places | undefined;
}

interface Walked {
  readonly run: EntryOf<'retention.run'>;
  readonly table: ClassTable;
}

const contactRow = z.object({ contact: z.custom<ContactId>((value) => parseContactId(value).ok) });

const contactsBetween = statement<{ from: number; to: number }, z.infer<typeof contactRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select('contact')
      .distinct()
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .where('contact', 'is not', null),
  (row) => contactRow.parse(row),
);

/** False where it has to be asked again: the homeserver is away, or the house stops. @throws JournalDown */
export async function leaveOver(walked: Walked, deps: LeaveOverDeps, signal: AbortSignal): Promise<boolean> {
  const { places, journal } = deps;
  const { run, table } = walked;
  const armed = await journal.views.read((reading) => armedFor(reading, run.body.classes));
  if (places === undefined || armed === undefined) return true;
  const { until, size } = run.body;
  const looking = { table, until, size, holds: '' };
  const mayGo = async (positions: readonly Position[]): Promise<boolean> =>
    (await dueAmong(positions, looking, deps)).length === positions.length;
  const left = await places.leave(contactsStanding(walked, deps), { run, mayGo, signal });
  if (left === undefined) return false;
  const erasing = new LayerErasing(run.position, deps);
  for (const place of left) if (!(await eraseLeft(place, { looking, erasing, deps, signal }))) return false;
  return !signal.aborted;
}

/** Those whose records are due, and stay because the house is built on them; each once. */
async function* contactsStanding({ run, table }: Walked, { journal }: LeaveOverDeps): AsyncGenerator<ContactId> {
  const seen = new Set<ContactId>();
  for await (const spans of neededIn(run.body.size, table, journal)) {
    const found = await journal.views.read(async (reading) => {
      const rows = [];
      for (const [from, to] of spans) rows.push(...(await reading.all(contactsBetween, { from, to })));
      return rows;
    });
    for (const { contact } of found) {
      if (seen.has(contact)) continue;
      seen.add(contact);
      yield contact;
    }
  }
}

/** Chunk by chunk. */
async function* neededIn(
  size: number,
  table: ClassTable,
  { views }: Pick<OpenJournal, 'views'>,
): AsyncGenerator<readonly Span[]> {
  const notes = new ChunkNotes(views, table.digest);
  for (let chunk = 0; chunk < chunksIn(size); chunk += 1) {
    const needed = (await notes.of(chunk))?.stayed.find(({ why }) => why === 'needed');
    if (needed !== undefined) yield needed.spans;
  }
}

interface Erasing {
  readonly looking: Looking;
  readonly erasing: LayerErasing;
  readonly deps: LeaveOverDeps;
  readonly signal: AbortSignal;
}

/** What stood for a contact stands no more. What came since, or is under a hold by now, stays. */
async function eraseLeft(place: LeftPlace, { looking, erasing, deps, signal }: Erasing): Promise<boolean> {
  const positions = (await recordsOf(place, deps)) ?? [];
  const due = await dueAmong(positions.toReversed(), looking, deps);
  if (due.length === 0) return true;
  const { layers } = await decide(due, deps, (entry) => termFor(entry, looking, deps));
  for (const layer of layers) if ((await erasing.layer(layer, signal)) === undefined) return false;
  return true;
}

/** What stood when the walk came by, and is erased by now, stays no more. */
export async function staysAfter(
  stays: readonly StayCount[],
  { run, table }: Walked,
  { journal }: LeaveOverDeps,
): Promise<readonly StayCount[]> {
  if ((await notedPlaces(journal.views)).places.length === 0) return stays;
  let left = 0;
  for await (const spans of neededIn(run.body.size, table, journal)) {
    await journal.views.read(async (reading) => {
      for (const position of positionsIn(spans)) if ((await erasedBy(position, reading)) === undefined) left += 1;
    });
  }
  return stays.flatMap((one) => {
    if (one.why !== 'needed') return [one];
    return left === 0 ? [] : [{ ...one, entries: left }];
  });
}
