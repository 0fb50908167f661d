/** A room history that is asked at a bounded rate, and waits when the homeserver asks for it. */
import { wait, type Clock } from '../../core/clock.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import type { RoomHistory } from '../../core/ports/room-history.ts';
import { err } from '../../core/result.ts';

/** Between two requests: 2 a second. */
const SLOW_MS = 500;
const MOST_TRIES = 20;
/** A homeserver that asks for more is asked again after this. */
const MOST_WAIT_MS = 60_000;

export interface Pace {
  /** At most two requests a second; otherwise as fast as answers come. */
  readonly slow: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export function pacedHistory(history: RoomHistory, pace: Pace): RoomHistory {
  let next = pace.clock.monotonic();
  const turn = async (): Promise<void> => {
    if (!pace.slow) return;
    const now = pace.clock.monotonic();
    const mine = Math.max(now, next);
    next = mine + SLOW_MS;
    if (mine > now) await wait(pace.clock, mine - now, pace.signal);
  };
  const ask = async <T>(request: () => Done<T>): Done<T> => {
    for (let tries = 1; ; tries += 1) {
      await turn();
      const got = await unlessAborted(request(), pace.signal);
      if (got === undefined) return err({ kind: 'down', detail: 'told to stop' });
      if (got.ok || got.error.kind !== 'rate-limited' || tries === MOST_TRIES) return got;
      await wait(pace.clock, Math.min(got.error.afterMs, MOST_WAIT_MS), pace.signal);
    }
  };
  return {
    reach: history.reach,
    rooms: (from) => ask(() => history.rooms(from)),
    page: (room, from) => ask(() => history.page(room, from)),
  };
}
