/**
 * Messages that the lost part of a record may have sent. A backup that is gone on from knows them as waiting, or does
 * not know them and gets them from the homeserver anew. What became of them says the mark that was put on them then;
 * where none says that they were sent, nobody here can say: they are told as unclear and never sent by themselves, and
 * only a person who asks again sends them.
 */
import type { EntryBodies } from '../../core/entry.ts';
import type { Millis, Position } from '../../core/ids.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { epochsIn } from '../../journal/log/epochs.ts';
import type { Reading } from '../../storage/database.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { SENT_KEYS } from '../marks/mark-face.ts';
import { turnOf } from '../homeserver-turn.ts';
import type { Message } from '../messages/message-store.ts';
import type { Turn } from '../../tasks/task.ts';
import { ended, type Ended } from './send-outcome.ts';

type Outcome = EntryBodies['delivery.outcome'];

/** In the words of an outcome's detail. */
const RESTORED_SINCE = 'the record was restored from a backup since';

/** Whoever sent it before a restore, if anybody did, is not on record any more. Undefined where it is as the record says. */
export async function ofLostRecord(
  message: Message,
  sending: Ended,
  cause: Position,
  { journal, homeserver }: Pick<BridgeDeps, 'journal' | 'homeserver'>,
): Promise<Turn | undefined> {
  const maybe = await journal.views.read((reading) => mayHaveGoneBefore(message, cause, reading));
  if (!maybe) return undefined;
  const became = await becameOf(message, homeserver);
  return became.ok ? ended(sending, became.value) : turnOf(became.error);
}

async function mayHaveGoneBefore(
  message: { readonly position: Position; readonly at: Millis },
  /** The entry whose task sends it: the message itself, or a person's wish to try again. */
  cause: Position,
  reading: Reading,
): Promise<boolean> {
  const epoch = (await epochsIn(reading)).at(-1);
  if (epoch === undefined) return false;
  const askedSince = cause !== message.position && cause > epoch.restored;
  return !askedSince && (message.position <= epoch.restored || message.at < epoch.at);
}

/** These pass: it is asked again. */
const PASSING: ReadonlySet<HomeserverFailure['kind']> = new Set(['unclear', 'down', 'rate-limited']);

/** What became of it, as far as its room shows. A room that we can't look at any more shows nothing. */
async function becameOf(
  { room, event }: Pick<Message, 'room' | 'event'>,
  homeserver: Pick<BridgeDeps['homeserver'], 'gatehouse' | 'ownReactions'>,
): Done<Pick<Outcome, 'state' | 'reason' | 'detail'>> {
  const unclear = ok({ state: 'unknown', reason: 'unknown', detail: RESTORED_SINCE } as const);
  if (room === undefined || event === undefined) return unclear;
  const marks = await homeserver.ownReactions({ as: homeserver.gatehouse, room, event });
  if (!marks.ok) return PASSING.has(marks.error.kind) ? marks : unclear;
  const sent = marks.value.some(({ key }) => SENT_KEYS.has(key));
  return sent ? ok({ state: 'sent', detail: RESTORED_SINCE }) : unclear;
}

/** Whether the outcome was read from a mark, which stands. */
export function isReadFromMark({ state, detail }: Pick<Outcome, 'state' | 'detail'>): boolean {
  return state === 'sent' && detail === RESTORED_SINCE;
}
