/** Task `remote.redact`: the network took a message back. The room hides it, the record keeps it. */
import type { EventId, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import type { Message } from '../messages/message-store.ts';
import { changeEventsOf } from '../messages/change-shown-store.ts';
import { furtherEventsOf } from '../messages/shown-event-store.ts';
import { awaited, changerOf, changeShown, findChange, SHOWN, type RemoteChange } from './remote-change.ts';

const DONE: Turn = { to: 'done' };

export function createRemoteRedactHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry, context) => {
    const change = await findChange(entry, 'network.redaction', deps);
    if (change === undefined) return DONE;
    const early = awaited(change, { clock: deps.clock, signal: context.signal });
    if (early !== undefined) return early;
    const changer = await changerOf(change, deps);
    if (!changer.ok) return turnOf(changer.error);
    for (const message of change.messages) {
      const hidden = await hide(message, { change, as: changer.value.as }, deps);
      if (!hidden.ok) return turnOf(hidden.error);
    }
    return { to: 'done', entries: [...changer.value.entries, changeShown(change, SHOWN, deps)] };
  };
}

interface Hiding {
  readonly change: RemoteChange<'network.redaction'>;
  readonly as: UserId;
}

/** Every event of it and of its edits, in whichever room it stands; in one that is lost nobody sees it. */
async function hide(message: Message, hiding: Hiding, deps: BridgeDeps): Promise<Result<void, HomeserverFailure>> {
  for (const one of await eventsOf(message, deps)) {
    const done = await redact(one, hiding, deps);
    if (!done.ok && !isGone(done.error)) return done;
  }
  return ok(undefined);
}

interface Shown {
  readonly room: RoomId;
  readonly event: EventId;
}

async function eventsOf({ position, room, event }: Message, { journal }: BridgeDeps): Promise<readonly Shown[]> {
  const { further, edits } = await journal.views.read(async (reading) => ({
    further: await furtherEventsOf(reading, position),
    edits: await changeEventsOf(reading, position),
  }));
  const own = room === undefined || event === undefined ? [] : [event, ...further].map((one) => ({ room, event: one }));
  return [...own, ...edits];
}

/** By the one who took it back, as far as the room lets; else by @gatehouse. */
async function redact(
  at: Shown,
  { change, as }: Hiding,
  { homeserver }: BridgeDeps,
): Promise<Result<unknown, HomeserverFailure>> {
  const redaction = { ...at, source: change.entry.position, part: `gone-${at.event}` };
  const own = await homeserver.redact({ ...redaction, as });
  if (own.ok || own.error.kind !== 'forbidden' || as === homeserver.gatehouse) return own;
  return homeserver.redact({ ...redaction, as: homeserver.gatehouse, reason: 'taken back by its sender' });
}
