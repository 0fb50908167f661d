/** How a bot's task goes on when the homeserver didn't do as asked. */
import { homeserverGate } from '../core/ids.ts';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import type { Turn } from '../tasks/task.ts';

/** An unclear outcome is tried again; the handler then looks for the echo before it acts. */
export function turnAfter(failure: HomeserverFailure): Turn {
  switch (failure.kind) {
    case 'down':
      return { to: 'gate', gate: homeserverGate, reason: 'homeserver-down', detail: failure.detail };
    case 'unclear':
      return { to: 'retry', reason: 'homeserver-refused' };
    case 'rate-limited':
      return { to: 'retry', reason: 'homeserver-refused', afterMs: failure.afterMs };
    case 'forbidden':
    case 'not-found':
      return { to: 'dead', reason: 'room-gone' };
    case 'too-large':
    case 'refused':
      return { to: 'dead', reason: 'homeserver-refused' };
  }
}
