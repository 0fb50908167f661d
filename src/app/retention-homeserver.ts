/** What runs delete on the homeserver, joined to it: only where the config says so. */
import { contactByAddress } from '../bridge/contacts/contact-store.ts';
import { ghostNamed } from '../bridge/contacts/ghost-store.ts';
import { otherRoom, otherRoomsOf } from '../bridge/portals/room-lineage-store.ts';
import { placeOfPortal, placeOfRoom, portalsOf } from '../bridge/portals/portal-store.ts';
import { useOfRoom } from '../bridge/portals/room-store.ts';
import type { ContactId, RoomId } from '../core/ids.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { HomeserverErasing } from '../core/ports/homeserver-erasing.ts';
import type { Views } from '../journal/journal.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { freezingBy } from '../retention/holds/freezing.ts';
import { homeserverCleaner, type Ghosts } from '../retention/homeserver/clean.ts';
import { copiesCleaner } from '../retention/homeserver/clean-copies.ts';
import type { RoomNeed } from '../retention/homeserver/clean-room.ts';
import { openWork } from '../retention/open/open-work.ts';
import { placesOn } from '../retention/places/leave-places.ts';
import type { Places, PlacesOf } from '../retention/places/places.ts';
import type { HomeserverCleaner } from '../retention/run/homeserver-cleaner.ts';
import type { Reading } from '../storage/database.ts';
import { keepingDeps } from './retention-holds.ts';
import type { AppSetting } from './setting.ts';

/** What runs do on the homeserver: without `places` rooms and ghosts stay. */
export interface OnHomeserver {
  readonly cleaner: HomeserverCleaner;
  readonly places?: Places;
}

export interface OnHomeserverSetting extends Pick<AppSetting, 'journal' | 'clock' | 'log'> {
  readonly config: { readonly retention: Pick<AppSetting['config']['retention'], 'homeserver'> };
}

export function onHomeserver(
  { config, journal, clock, log }: OnHomeserverSetting,
  { homeserver, erasing }: Pick<Matrix, 'homeserver' | 'erasing'>,
): OnHomeserver {
  if (!config.retention.homeserver.purge) return { cleaner: copiesCleaner({ homeserver, clock, log }, 'off') };
  if (erasing === undefined) return { cleaner: copiesCleaner({ homeserver, clock, log }, 'no-token') };
  const deps = {
    ...{ journal, clock, log, erasing, homeserver, marks: keepingDeps.marks },
    keeping: [freezingBy(keepingDeps).erasing, openWork(keepingDeps)],
    now: () => clock.now(),
    needOf: (room: RoomId) => needOf(room, journal),
    ghosts: ghostsOf(journal, { homeserver, erasing }),
    placesOf: (contact: ContactId) => journal.views.read((reading) => placesOf(contact, reading)),
  };
  return { cleaner: homeserverCleaner(deps), places: placesOn(deps) };
}

function ghostsOf(
  { views }: { readonly views: Views },
  { homeserver, erasing }: { readonly homeserver: Homeserver; readonly erasing: HomeserverErasing },
): Ghosts {
  return {
    isNeeded: ({ network, address }) =>
      views.read(
        async (reading) => (await contactByAddress(reading, views.sealer, { network, address })) !== undefined,
      ),
    restore: async ({ ghost: user }) => {
      const name = await views.read((reading) => ghostNamed(reading, views.sealer, user));
      return name === undefined ? erasing.activate(user) : homeserver.ensureGhost({ user, name, again: true });
    },
  };
}

/** Rooms that were lost are nobody's to delete: somebody else may use them, or they were never ours. */
async function placesOf(contact: ContactId, reading: Reading): Promise<PlacesOf> {
  const portals: PlacesOf['portals'][number][] = [];
  const rooms: RoomId[] = [];
  for (const { portal } of await portalsOf(reading, contact)) {
    const room = (await placeOfPortal(reading, portal))?.room;
    portals.push({ portal, room });
    if (room !== undefined) rooms.push(room);
    const others = await otherRoomsOf(reading, portal);
    rooms.push(...others.filter(({ state }) => state === 'moved').map((other) => other.room));
  }
  return { portals, rooms };
}

function needOf(room: RoomId, { views }: { readonly views: Views }): Promise<RoomNeed> {
  return views.read(async (reading) => {
    if ((await placeOfRoom(reading, room)) !== undefined || (await useOfRoom(reading, room)) !== undefined)
      return 'used';
    const other = await otherRoom(reading, room);
    // The room that a tombstone names is the portal's next one. One that was refused as that is somebody else's.
    if (other?.state === 'next') return 'used';
    return other?.state === 'moved' ? 'left' : 'others';
  });
}

const OWN_RETENTION =
  'Synapse deletes by age itself, and knows no holds: set retention.enabled: false in homeserver.yaml and restart it.';

/** Asked at each start; what Synapse is set to changes only when that is restarted. */
export class OwnRetention {
  readonly #matrix: Pick<Matrix, 'deletesByAge'>;
  readonly #log: AppSetting['log'];
  #deletes = false;

  constructor(matrix: Pick<Matrix, 'deletesByAge'>, log: AppSetting['log']) {
    this.#matrix = matrix;
    this.#log = log;
  }

  /** Returns at once. */
  look(): void {
    this.#matrix.deletesByAge().then(
      (told) => {
        this.#deletes = told.ok && told.value;
      },
      (error: unknown) => {
        this.#log.warn('retention.homeserver-unasked', { failure: error instanceof Error ? error.name : 'unknown' });
      },
    );
  }

  readonly words = (): readonly string[] => (this.#deletes ? [OWN_RETENTION] : []);
}
