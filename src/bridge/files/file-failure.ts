/** What becomes of a file that the homeserver did not give: pure, a table of its answers. */
import type { MissingFile } from '../../core/entry.ts';
import { homeserverGate } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { Turn } from '../../tasks/task.ts';

/** How long is waited after each attempt, in milliseconds, before the file is given up. */
const WAITS_MS = [5_000, 20_000, 60_000, 180_000, 300_000];

export type Fate =
  | { readonly is: 'missing'; readonly why: Exclude<MissingFile['why'], 'gave-up'> }
  | { readonly is: 'later'; readonly turn: Turn }
  | { readonly is: 'given-up' };

/** `attempts`: how often the task was tried before. A homeserver that does not answer parks the lanes and counts for none. */
export function fateOf(failure: HomeserverFailure, attempts: number): Fate {
  switch (failure.kind) {
    case 'too-large':
      return { is: 'missing', why: 'too-large' };
    case 'not-found':
      return { is: 'missing', why: 'not-found' };
    case 'down':
      return { is: 'later', turn: { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' } };
    case 'forbidden':
      return failure.errcode === 'M_FORBIDDEN' ? { is: 'missing', why: 'refused' } : later(attempts);
    case 'refused':
      return isFinal(failure) ? { is: 'missing', why: 'refused' } : later(attempts);
    case 'rate-limited':
      return later(attempts, failure.afterMs);
    case 'unclear':
      return later(attempts);
  }
}

/** A request that is wrong stays wrong. One that the server doesn't know at all is answered by another server's version. */
function isFinal({ status, errcode }: Extract<HomeserverFailure, { kind: 'refused' }>): boolean {
  return status >= 400 && status < 500 && errcode !== 'M_UNRECOGNIZED' && errcode !== 'M_UNKNOWN';
}

function later(attempts: number, afterMs = 0): Fate {
  const waitMs = WAITS_MS[attempts];
  if (waitMs === undefined) return { is: 'given-up' };
  return { is: 'later', turn: { to: 'retry', reason: 'homeserver-refused', afterMs: Math.max(waitMs, afterMs) } };
}
