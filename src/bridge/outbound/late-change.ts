/** An edit or a deletion of a staff message: which message, whose, and where it stands by now. */
import type { Entry, ErasedEntry, EntryOf } from '../../core/entry.ts';
import { parseUserId, type UserId } from '../../core/ids.ts';
import type { Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { messageByEvent, type Message } from '../messages/message-store.ts';
import { outboundForm } from '../messages/outbound-form.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };

export interface LateChange {
  readonly entry: EntryOf<'matrix.event'>;
  readonly by: UserId;
  readonly message: Message;
  readonly portal: Portal;
}

export async function findLateChange(entry: Entry | ErasedEntry, deps: BridgeDeps): Promise<LateChange | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const form = outboundForm(entry.body);
  if (form.is !== 'edit' && form.is !== 'redaction') return undefined;
  const by = parseUserId(entry.body.sender);
  const { views } = deps.journal;
  return views.read(async (reading) => {
    const message = await messageByEvent(reading, entry.body.room_id, form.of);
    const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
    return message === undefined || portal === undefined || !by.ok
      ? undefined
      : { entry, by: by.value, message, portal };
  });
}

interface Said {
  readonly text: string;
  readonly part: string;
  readonly look: boolean;
  /** Nobody's phone has to sound. */
  readonly quiet?: true;
}

/** Told where the portal is now, once for each message and part. */
export async function sayOf(changed: LateChange, said: Said, deps: BridgeDeps): Promise<Turn> {
  const { text, part, look } = said;
  const room = changed.portal.room;
  if (room === undefined) return DONE;
  const mention = said.quiet === true ? [] : [changed.by];
  const told = await tell({ text, part, look, room, mention, source: changed.message.position }, deps);
  return told.ok ? DONE : turnOf(told.error);
}
