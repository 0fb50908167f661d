/** Turns that need the homeserver: none begins behind its closed gate, and whoever was left in doubt by it looks first. */
import { homeserverGate, type TaskId } from '../core/ids.ts';
import type { TaskHandler } from '../tasks/task.ts';
import { Recent } from './recent.ts';

/** Of turns; what is forgotten is done again under the same transaction id. */
const REMEMBERED = 10_000;

/**
 * Behind the closed gate nothing is asked, however many lanes wait. A turn that ended there may have done a part of its
 * work, or all of it: a homeserver that restarts forgets which transaction ids it knows, so the next turn is told that it
 * may repeat.
 */
export class WhileReachable {
  readonly #doubtful = new Recent<TaskId, true>(REMEMBERED);

  of(run: TaskHandler): TaskHandler {
    return async (task, entry, context) => {
      if (context.closed?.(homeserverGate) === true) {
        return { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' };
      }
      const mayRepeat = context.mayRepeat || this.#doubtful.get(task.id) === true;
      const turn = await run(task, entry, { ...context, mayRepeat });
      if (turn.to === 'gate') this.#doubtful.set(task.id, true);
      else if (turn.to !== 'aside') this.#doubtful.delete(task.id);
      return turn;
    };
  }
}
