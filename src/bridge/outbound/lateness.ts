/** Staff messages that reach us late: by gap repair, or by the homeserver after a later one (DESIGN 7). */
import type { Millis } from '../../core/ids.ts';

/** Older than this on arrival, a message is not sent by itself: its moment may have passed. */
export const TOO_OLD_MS = 15 * 60_000;
/** Two colleagues who write in the same seconds are not late against each other. */
const ON_TIME_MS = 5_000;

export interface Arrived {
  /** By the homeserver's clock. */
  readonly at: Millis;
  /** By ours. */
  readonly recordedAt: Millis;
  /** How often a person asked for it again. */
  readonly generation: number;
}

/** Whether the two clocks have to be compared before it can be said that it was on time. */
export function needsSkew({ at, recordedAt, generation }: Arrived): boolean {
  return generation === 0 && Math.abs(recordedAt - at) > ON_TIME_MS;
}

/**
 * `laterWentOut`: something written later in the same portal already went out. `skewMs`: by how much our clock was ahead
 * of the homeserver's when the message came: a clock that was set makes no message late, and no late one timely.
 */
export function isLate(message: Arrived, laterWentOut: boolean, skewMs = 0): boolean {
  // A person asked for it again: that is the answer to its being late.
  if (message.generation > 0) return false;
  const took = message.recordedAt - message.at - skewMs;
  return took > TOO_OLD_MS || (took > ON_TIME_MS && laterWentOut);
}

/** Whether it goes out only as long as nothing written later has. */
export function mustGoFirst(message: Arrived, skewMs = 0): boolean {
  return isLate(message, true, skewMs) && !isLate(message, false, skewMs);
}
