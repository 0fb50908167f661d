/**
 * Which text of staff in a chat with a customer the gate is not asked about, as an entry tells it: one that does not go out
 * whatever a rule would say of it.
 */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { isLateEdit, wentOut } from './message-moves.ts';
import { messageAt, messageByEvent, type Message, type MessageState } from './message-store.ts';
import { outboundForm } from './outbound-form.ts';

/** A message with the edit that holds its text, or an edit by itself. */
interface LeftOutText {
  readonly of: Position;
  readonly version?: Position;
}

/** In these it still goes to the gate, or stands at it. */
const OPEN: ReadonlySet<MessageState> = new Set(['waiting', 'attempting', 'quarantined']);

/** Undefined where the gate was asked, or will be. */
export async function leftOut(entry: Entry, reading: Reading): Promise<LeftOutText | undefined> {
  switch (entry.kind) {
    case 'matrix.event':
      return ofEdit(entry, reading);
    case 'delivery.outcome': {
      const { target, reason, of } = entry.body;
      // What a rule stopped has its verdict.
      return target === 'matrix' || reason === 'policy-blocked' ? undefined : ofEnded(await messageAt(reading, of));
    }
    case 'delivery.abandoned':
      return ofEnded(await messageAt(reading, entry.body.of));
    default:
      return undefined;
  }
}

/** Of what somebody else wrote, of what stays among colleagues. Of an edit of what is out the gate is asked, see `edit-out.ts`. */
async function ofEdit(entry: Entry & EntryOf<'matrix.event'>, reading: Reading): Promise<LeftOutText | undefined> {
  if (entry.portal === undefined || entry.direction !== 'outbound') return undefined;
  const form = outboundForm(entry.body);
  if (form.is !== 'edit') return undefined;
  const target = await messageByEvent(reading, entry.body.room_id, form.of);
  if (target?.direction === 'outbound' && target.replacedBy === entry.position) return ofEnded(target);
  return target !== undefined && isLateEdit(entry.body.sender, target) ? undefined : { of: entry.position };
}

/** Its attempt, if there was one, was of the text that the gate was asked about. */
function ofEnded(message: Message | undefined): LeftOutText | undefined {
  if (message?.direction !== 'outbound' || OPEN.has(message.state)) return undefined;
  const { position: of, replacedBy: version, attempts, attemptedVersion, state } = message;
  if (attempts > 0 && attemptedVersion === version) return undefined;
  if (version === undefined) return { of };
  // Edited while it was on its way: the edit itself is asked about.
  return attempts > 0 && wentOut(state) ? undefined : { of, version };
}
