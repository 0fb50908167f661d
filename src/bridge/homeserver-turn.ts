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
