/** The message that a customer's answer is to, as the room shows it. */
import { leftOf, wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { EventId, RoomId } from '../../core/ids.ts';
import type { NetworkMessage } from '../../core/network-entries.ts';
import type { Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { messageOfRemote } from '../messages/remote-message-store.ts';

type Deps = Pick<BridgeDeps, 'journal' | 'clock'>;

/** Undefined where it answers nothing, or nothing of this record. */
async function answeredMessage(
  { connector, replyTo }: NetworkMessage,
  { journal }: Pick<Deps, 'journal'>,
): Promise<Message | undefined> {
  if (replyTo === undefined) return undefined;
  const { views } = journal;
  return views.read(async (reading) => {
    const of = await messageOfRemote(reading, views.sealer, { connector, id: replyTo.id });
    return of === undefined ? undefined : messageAt(reading, of);
  });
}

/** The event in this room that shows what is answered. */
export async function answeredIn(
  room: RoomId,
  message: NetworkMessage,
  deps: Pick<Deps, 'journal'>,
): Promise<EventId | undefined> {
  const answered = await answeredMessage(message, deps);
  return answered?.room === room ? answered.event : undefined;
}

/** A customer can be faster than the provider's answer to us: for so long what is answered may still come on record. */
const MAY_FOLLOW_MS = 3_000;
const LOOK_AGAIN_MS = 300;

export async function answerAwaited(
  { body, recordedAt }: EntryOf<'network.message'>,
  signal: AbortSignal,
  deps: Deps,
): Promise<Turn | undefined> {
  if (body.replyTo === undefined || leftOf(MAY_FOLLOW_MS, recordedAt, deps.clock) === 0) return undefined;
  if ((await answeredMessage(body, deps)) !== undefined) return undefined;
  return { to: 'aside', until: wait(deps.clock, LOOK_AGAIN_MS, signal) };
}
