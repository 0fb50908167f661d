/** Staff messages that reach us late: by gap repair, or by the homeserver after a later one (DESIGN 7). */
import type { Millis } from '../core/ids.ts';

/** Older than this on arrival, a message is not sent by itself: its moment may have passed. */
const TOO_OLD_MS = 15 * 60_000;
/** Two colleagues who write in the same seconds are not late against each other. */
const ON_TIME_MS = 5_000;

/** `laterWentOut`: something written later in the same portal already went out. */
export function isLate(
  message: { readonly at: Millis; readonly recordedAt: Millis; readonly generation: number },
  laterWentOut: boolean,
): boolean {
  // A person asked for it again: that is the answer to its being late.
  if (message.generation > 0) return false;
  const took = message.recordedAt - message.at;
  return took > TOO_OLD_MS || (took > ON_TIME_MS && laterWentOut);
}
