/** How a task goes on when the homeserver did not do what was asked. */
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import { homeserverGate } from '../core/ids.ts';
import type { Turn } from '../tasks/task.ts';

export function turnOf(failure: HomeserverFailure): Turn {
  switch (failure.kind) {
    case 'unclear':
    case 'down':
      return { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' };
    case 'rate-limited':
      return { to: 'retry', reason: 'rate-limited', afterMs: failure.afterMs };
    case 'forbidden':
    case 'not-found':
    case 'too-large':
    case 'refused':
      return { to: 'retry', reason: 'homeserver-refused' };
  }
}

/** Whether the room, or our place in it, is no more. */
export function isGone(failure: HomeserverFailure): boolean {
  return failure.kind === 'forbidden' || failure.kind === 'not-found';
}

/** What Synapse says of an account that an admin deactivated, locked (MSC3939) or suspended (MSC3823). */
const ACCOUNT = new Set(['M_USER_DEACTIVATED', 'M_USER_LOCKED', 'M_USER_SUSPENDED']);

/** Whether it is the account that was refused, not the room. */
export function isAccountRefused(failure: HomeserverFailure): boolean {
  return failure.kind === 'forbidden' && ACCOUNT.has(failure.errcode);
}
