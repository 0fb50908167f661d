/** How a room is called when a desk is told of it: by its name, its customer or its people; never by its id. */
import type { Entry, ErasedEntry, RoomUse } from '../../core/entry.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import { portalByRoom } from '../portals/portal-store.ts';
import { nameEntryOf, roomFacts, type RoomFacts } from '../portals/room-store.ts';
import { cleanName } from '../portals/shown-name.ts';

const MOST_PEOPLE = 2;

interface TitleJournal {
  readonly views: Views;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
}

export async function roomTitle(room: RoomId, journal: TitleJournal): Promise<string> {
  const { views } = journal;
  const known = await views.read(async (reading) => ({
    facts: await roomFacts(reading, views.sealer, room),
    portal: await portalByRoom(reading, views.sealer, room),
    named: await nameEntryOf(reading, views.sealer, room),
  }));
  if (known.portal !== undefined) return `the chat with ${cleanName(known.portal.name) ?? 'a customer'}`;
  const name = known.named === undefined ? undefined : nameIn(await journal.read(known.named));
  if (name !== undefined) return `room “${name}”`;
  return known.facts === undefined ? 'a room without a name' : ofPeople(known.facts);
}

function nameIn(entry: Entry | ErasedEntry | undefined): string | undefined {
  if (entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const name = entry.body.content['name'];
  return typeof name === 'string' ? cleanName(name) : undefined;
}

function ofPeople({ members, use }: RoomFacts): string {
  if (use !== undefined) return uses[use.kind];
  const names = members.map(({ user }) => localpart(user));
  const some = names.slice(0, MOST_PEOPLE);
  const more = names.length - some.length;
  if (some.length === 0) return 'a room without a name';
  return `the chat of ${more === 0 ? some.join(' and ') : `${some.join(', ')} and ${more} more`}`;
}

const uses: Readonly<Record<RoomUse['kind'], string>> = {
  space: "a line's space",
  desk: "a desk's room",
  staff: 'a chat with Gatehouse',
};

function localpart(user: UserId): string {
  return user.slice(1, user.indexOf(':'));
}
