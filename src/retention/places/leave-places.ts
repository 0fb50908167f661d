/** Closes the portals of whom nothing is left, then has their rooms deleted: on record first, and again after a crash. */
import type { DraftOf } from '../../core/entry.ts';
import { must, parsePosition, type ContactId } from '../../core/ids.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { cleanRoom, type RoomDeps } from '../homeserver/clean-room.ts';
import { orLater, type AwayLog, type Patience } from '../homeserver/patient.ts';
import { isNothingLeft, mayNewestGo, type LeftDeps } from './left-records.ts';
import { notedPlaces, notePlace, type LeftPlace } from './place-notes.ts';
import type { Leaving, Places, PlacesOf } from './places.ts';

export interface PlacesDeps extends RoomDeps {
  readonly journal: RoomDeps['journal'] & LeftDeps['journal'] & Pick<OpenJournal, 'size'>;
  readonly placesOf: (contact: ContactId) => Promise<PlacesOf>;
  readonly clock: Patience['clock'];
  readonly log: AwayLog;
}

export function placesOn(deps: PlacesDeps): Places {
  return {
    leave: (contacts, leaving) =>
      orLater(leaving.run.position, deps.log, async () => {
        for await (const contact of contacts) {
          if (leaving.signal.aborted) return undefined;
          await close(contact, leaving, deps);
        }
        return emptied(leaving, deps);
      }),
  };
}

async function close(contact: ContactId, { run, mayGo }: Leaving, deps: PlacesDeps): Promise<void> {
  const { journal } = deps;
  // What comes from here on keeps all of it: the commit that closes looks for it.
  const asOf = must(parsePosition(await journal.size()));
  if (!(await mayNewestGo(contact, mayGo, deps))) return;
  const { portals, rooms } = await deps.placesOf(contact);
  if (portals.length === 0) return;
  if (!(await isNothingLeft({ contact, rooms }, mayGo, deps))) return;
  const drafts = portals.map(({ portal, room }): DraftOf<'portal.closed'> => {
    const id = `retention/portal-closed/${String(run.position)}/${portal}/${String(asOf)}`;
    const body = { portal, ...(room === undefined ? {} : { room }), why: WHY, over: { contact, asOf } };
    return { kind: 'portal.closed', at: deps.now(), source: { system: 'gatehouse', id, sure: true }, body };
  });
  await journal.append(drafts, { kv: [notePlace({ contact, rooms })] });
}

const WHY = 'retention: nothing is left of the contact';

/** A room that is somebody's again, or has something in it that stays, is left as it is. */
async function emptied({ run, mayGo, signal }: Leaving, deps: PlacesDeps): Promise<readonly LeftPlace[]> {
  const { places } = await notedPlaces(deps.journal.views);
  const patience = { clock: deps.clock, signal };
  const means = { deps: { ...deps, mayGo, needOf: leftUnlessUsed(deps) }, patience };
  for (const { rooms } of places) for (const room of rooms) await cleanRoom(room, run, means);
  return places;
}

function leftUnlessUsed({ needOf }: PlacesDeps): RoomDeps['needOf'] {
  return async (room) => ((await needOf(room)) === 'used' ? 'used' : 'left');
}
