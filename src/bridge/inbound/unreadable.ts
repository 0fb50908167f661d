/** Task `encrypted`: somebody wrote an encrypted message in a portal, which nobody but the writer's colleagues can read. */
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };
const WORDS =
  "Not sent: this message is encrypted and Gatehouse can't read it. Turn encryption off in your app and write it again.";

export function createUnreadableHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'matrix.event') return DONE;
    const { room_id: room, sender, event_id: replyTo } = entry.body;
    const told = await tell(
      { room, text: WORDS, mention: [sender], replyTo, source: entry.position, part: 'why', look: context.mayRepeat },
      deps,
    );
    return told.ok ? DONE : turnOf(told.error);
  };
}
