/**
 * What becomes of a message in a chat whose line is no longer in the config: nobody can be asked about it, and nothing can
 * carry it. It is over at once, on record like every failure, and whoever wrote it can have it sent when the line is back.
 */
import type { Position } from '../../core/ids.ts';
import type { Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import type { Message } from '../messages/message-store.ts';
import type { Portal } from '../portals/portal-store.ts';
import type { WrittenIn } from '../rooms/written-in.ts';
import { ofLostRecord } from './before-restore.ts';
import { ended, type Ended } from './send-outcome.ts';

/** A message of staff that is not over. */
export interface Written {
  readonly message: Message;
  readonly portal: Portal;
  /** What the room it was written in is to the portal by now. */
  readonly room: WrittenIn;
  readonly signal: AbortSignal;
}

/** An attempt that nobody answered may have gone out; what was not tried certainly didn't. */
export async function withoutLine(
  { message, portal, room }: Written,
  cause: Position,
  deps: Pick<BridgeDeps, 'journal' | 'homeserver' | 'clock'>,
): Promise<Turn> {
  const { position: of, attempts, generation, wasUnknown: maybeTwice } = message;
  const sending: Ended = { of, attempt: attempts, generation, maybeTwice, connector: undefined, at: deps.clock.now() };
  if (message.state === 'attempting') return ended(sending, { state: 'unknown', reason: 'unknown' });
  const next = { ...sending, attempt: attempts + 1 };
  const reason = room === 'gone' ? 'room-gone' : 'line-gone';
  return (
    (await ofLostRecord(message, next, cause, deps)) ?? ended(next, { state: 'failed', reason, detail: portal.line })
  );
}
