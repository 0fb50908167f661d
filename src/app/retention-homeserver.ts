/** What runs delete on the homeserver, joined to it: only where the config says so. */
import { otherRoom } from '../bridge/portals/room-lineage-store.ts';
import { placeOfRoom } from '../bridge/portals/portal-store.ts';
import { useOfRoom } from '../bridge/portals/room-store.ts';
import type { RoomId } from '../core/ids.ts';
import type { Views } from '../journal/journal.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { freezingBy } from '../retention/holds/freezing.ts';
import { cleanerWithoutToken, homeserverCleaner } from '../retention/homeserver/clean.ts';
import type { RoomNeed } from '../retention/homeserver/clean-room.ts';
import { openWork } from '../retention/open/open-work.ts';
import type { HomeserverCleaner } from '../retention/run/run-task.ts';
import { keepingDeps } from './retention-holds.ts';
import type { AppSetting } from './setting.ts';

export function cleanerOf(
  { config, journal, clock, log }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'log'>,
  { homeserver, erasing }: Pick<Matrix, 'homeserver' | 'erasing'>,
): HomeserverCleaner | undefined {
  if (!config.retention.homeserver.purge) return undefined;
  if (erasing === undefined) return cleanerWithoutToken;
  return homeserverCleaner({
    ...{ journal, clock, log, erasing, homeserver, marks: keepingDeps.marks },
    keeping: [freezingBy(keepingDeps).erasing, openWork(keepingDeps)],
    now: () => clock.now(),
    needOf: (room) => needOf(room, journal),
  });
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
