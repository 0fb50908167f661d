/** What the record says of a room and its events: what the homeserver is not allowed to lose is known here alone. */
import { must, parsePosition, type EventId, type Millis, type Position, type RoomId } from '../../core/ids.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { Erasing } from '../../journal/projection.ts';
import { token } from '../../journal/search/narrow.ts';
import { SEARCH_INDEX } from '../../journal/append/index-entries.ts';
import type { Reading } from '../../storage/database.ts';
import { dueAmong } from '../run/look.ts';
import type { WalkDeps } from '../run/run-deps.ts';
import { tableIn } from '../run/walk.ts';
import type { OnRecord } from './plan-room.ts';

export interface RoomRecordDeps {
  readonly journal: WalkDeps['journal'] & Pick<OpenJournal, 'search' | 'stale'>;
  readonly marks: WalkDeps['marks'];
  readonly clock: WalkDeps['clock'];
  /** Holds and what is open: what freezes a record freezes its room. */
  readonly keeping: readonly Erasing[];
  readonly now: () => Millis;
}

/** A room with more records than this that are not erased has something that stays. */
const MOST_LEFT = 1_000;

export async function onRecord(
  events: readonly EventId[],
  { journal, now }: Pick<RoomRecordDeps, 'journal' | 'now'>,
): Promise<ReadonlyMap<EventId, OnRecord>> {
  return journal.database.read(async (reading) => {
    const view = erasingView(reading, journal.keys, now());
    const said = new Map<EventId, OnRecord>();
    for (const event of events) said.set(event, await stateOf(await view.ofEvent(event), reading));
    return said;
  });
}

/** Others' records under the same id, made while they could not be told apart, count as well. */
async function stateOf(positions: readonly Position[], reading: Reading): Promise<OnRecord> {
  if (positions.length === 0) return 'none';
  for (const position of positions) if ((await erasedBy(position, reading)) === undefined) return 'stays';
  return 'gone';
}

/** Whether the time of each of these is over, by the classes that the run began under. */
export async function areOver(
  positions: readonly Position[],
  run: { readonly classes: string; readonly until: Millis },
  deps: Pick<RoomRecordDeps, 'journal' | 'marks' | 'clock'>,
): Promise<boolean> {
  const table = await tableIn(deps);
  if (table?.digest !== run.classes) return false;
  const looking = { table, until: run.until, size: positions.length, holds: '' };
  return (await dueAmong(positions, looking, deps)).length === positions.length;
}

/**
 * Whether all that is on record of a room is erased, or could be: what is left is what the house is built on, such
 * as its name and its members. A hold or anything open on any of it keeps the room.
 */
export async function isRoomOver(
  room: RoomId,
  mayGo: (positions: readonly Position[]) => Promise<boolean>,
  deps: RoomRecordDeps,
): Promise<boolean> {
  const { journal, keeping, now } = deps;
  if ((await journal.stale()).includes(SEARCH_INDEX)) return false;
  const left = await journal.views.read((reading) =>
    journal.search.candidates(
      token(journal.search.tokens.knownField('room', room)),
      { below: must(parsePosition(Number.MAX_SAFE_INTEGER)), limit: MOST_LEFT },
      reading,
    ),
  );
  if (left.length === MOST_LEFT || !(await mayGo(left))) return false;
  return journal.database.read(async (reading) => {
    const view = erasingView(reading, journal.keys, now());
    const entries = await view.open(left);
    for (const erasing of keeping) if ((await erasing(entries, view)).length > 0) return false;
    return true;
  });
}
