/** All that is on record of a contact and of its rooms: whether it is nothing but what the house is built on. */
import { must, parsePosition, type ContactId, type Millis, type Position, type RoomId } from '../../core/ids.ts';
import { SEARCH_INDEX } from '../../journal/append/index-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { Erasing } from '../../journal/projection.ts';
import { or, token } from '../../journal/search/narrow.ts';
import { isStanding } from '../run/standing-store.ts';
import type { Leaving } from './places.ts';

/** Whoever has more than this has more than what the house is built on. */
const MOST_LEFT = 1_000;

export interface LeftDeps {
  readonly journal: Pick<OpenJournal, 'database' | 'keys' | 'views' | 'search' | 'stale'>;
  /** Holds and what is open. */
  readonly keeping: readonly Erasing[];
  readonly now: () => Millis;
}

interface Whose {
  readonly contact: ContactId;
  readonly rooms: readonly RoomId[];
}

/** Newest first; undefined where there is more than what may be left of somebody, or the index lacks records. */
export async function recordsOf(
  whose: Whose,
  deps: Pick<LeftDeps, 'journal'>,
): Promise<readonly Position[] | undefined> {
  if ((await deps.journal.stale()).includes(SEARCH_INDEX)) return undefined;
  const found = await candidates(whose, MOST_LEFT, deps);
  return found.length === MOST_LEFT ? undefined : found;
}

function candidates(
  { contact, rooms }: Whose,
  limit: number,
  { journal }: Pick<LeftDeps, 'journal'>,
): Promise<readonly Position[]> {
  const { search, views } = journal;
  const narrow = or([
    token(search.tokens.knownField('contact', contact)),
    ...rooms.map((room) => token(search.tokens.field('room', room))),
  ]);
  const page = { below: must(parsePosition(Number.MAX_SAFE_INTEGER)), limit };
  return views.read((reading) => search.candidates(narrow, page, reading));
}

/** The newest alone says it of nearly everybody: whoever wrote lately is not looked at any further. */
export async function mayNewestGo(
  contact: ContactId,
  mayGo: Leaving['mayGo'],
  deps: Pick<LeftDeps, 'journal'>,
): Promise<boolean> {
  const newest = await candidates({ contact, rooms: [] }, 1, deps);
  return newest.length > 0 && mayGo(newest);
}

export async function isNothingLeft(whose: Whose, mayGo: Leaving['mayGo'], deps: LeftDeps): Promise<boolean> {
  const left = await recordsOf(whose, deps);
  return left !== undefined && (await mayGo(left)) && (await areStandingAlone(left, deps));
}

function areStandingAlone(left: readonly Position[], { journal, keeping, now }: LeftDeps): Promise<boolean> {
  return journal.database.read(async (reading) => {
    const view = erasingView(reading, journal.keys, now());
    const entries = await view.open(left);
    for (const entry of entries) if (!(await isStanding(entry, reading))) return false;
    for (const erasing of keeping) if ((await erasing(entries, view)).length > 0) return false;
    return true;
  });
}
