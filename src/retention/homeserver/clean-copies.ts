/**
 * Where nothing is purged on the homeserver, what we ourselves wrote there is taken back all the same: an answer that quotes
 * a record goes when the record goes.
 */
import type { Clock } from '../../core/clock.ts';
import type { StoreCount } from '../../core/retention-entries.ts';
import { usersIn } from '../run/gone-notes.ts';
import type { HomeserverCleaner } from '../run/homeserver-cleaner.ts';
import { grouped } from '../certificate/words.ts';
import { leftReasons } from './left-behind.ts';
import { orLater, type AwayLog } from './patient.ts';
import { takenBack, type TakingBack } from './take-back.ts';

export interface CopiesDeps {
  readonly homeserver: TakingBack['homeserver'];
  readonly clock: Clock;
  readonly log: AwayLog;
}

/** `off`: the config says so. `no-token`: it would be, but nobody is allowed to. */
const whys = {
  off: 'not touched: retention.homeserver.purge is off',
  'no-token': 'not touched: homeserver.adminToken is not set',
} as const;

export function copiesCleaner(deps: CopiesDeps, why: keyof typeof whys): HomeserverCleaner {
  return {
    notes: why === 'off' ? 'copies' : 'all',
    clean: (run, { events, files, ghosts }, signal) =>
      orLater(run.position, deps.log, async () => {
        let taken = 0;
        for (const event of events) {
          if (signal.aborted) return undefined;
          const taking = { homeserver: deps.homeserver, patience: { clock: deps.clock, signal } };
          if (event.copy && (await takenBack(event, run.position, taking))) taken += 1;
        }
        const untouched = (store: StoreCount['store'], stayed: number): readonly StoreCount[] =>
          stayed === 0 ? [] : [{ store, gone: 0, stayed, why: whys[why] }];
        const words = taken === 0 ? [] : [`${grouped(taken)}: ${leftReasons.redacted}`];
        return [
          { store: 'homeserver-events', gone: 0, stayed: events.length, why: [...words, whys[why]].join('; ') },
          ...untouched('homeserver-media', files.length),
          ...untouched('homeserver-users', usersIn(ghosts).length),
        ];
      }),
  };
}
