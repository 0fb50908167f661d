/**
 * Task `policy.supervised`: undoes a change of a room where that can be, and puts on record what came of it; from that
 * entry compliance is told. Killed after the undoing and before the entry, it finds the room in order and says so: setting
 * the same state again is no second event, and a bot that is back is back.
 */
import type { Clock } from '../../core/clock.ts';
import type { Draft, Entry, ErasedEntry, RoomUse } from '../../core/entry.ts';
import { homeserverGate, type RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { RoomChange } from '../../core/policy-entries.ts';
import { ok } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { putInOrder, type Changed, type InOrderDeps, type Outcome } from './put-in-order.ts';
import { changeIn } from './room-change.ts';

export interface RoomChangedDeps extends InOrderDeps {
  /** What a room is to us: a portal, a room of our own making, or neither. */
  readonly placeOf: (room: RoomId) => Promise<'portal' | RoomUse | undefined>;
  /** False where this was undone so often in this hour that a program must be doing it. */
  readonly mayUndo: (room: RoomId, what: RoomChange) => boolean;
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };

export function roomChangedTask(deps: RoomChangedDeps): TaskHandler {
  return async (task, entry) => {
    const changed = await find(deps, entry);
    if (changed === undefined) return DONE;
    const { what, room } = changed;
    const may = what === 'encrypted' || task.attempts > 0 || deps.mayUndo(room, what);
    const done = may ? await putInOrder(deps, changed) : ok<Outcome>({ undone: 'no' });
    if (!done.ok) return turnAfter(done.error);
    if (done.value === 'in-order') return DONE;
    return { to: 'done', entries: [draftOf(deps, changed, done.value.undone), ...(done.value.more ?? [])] };
  };
}

async function find(deps: RoomChangedDeps, entry: Entry | ErasedEntry): Promise<Changed | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const { gatehouse, compliance } = deps.homeserver;
  const bots = new Set<string>([gatehouse, compliance]);
  const what = changeIn(entry.body, {
    isOurs: deps.homeserver.isOurs.bind(deps.homeserver),
    isBot: (user) => bots.has(user),
  });
  if (what === undefined) return undefined;
  const room = entry.body.room_id;
  const place = await deps.placeOf(room);
  if (place === undefined) return { entry, what, room };
  if (place === 'portal') return { entry, what, room, as: gatehouse };
  return { entry, what, room, as: place.kind === 'desk' ? compliance : gatehouse, use: place };
}

function turnAfter(failure: HomeserverFailure): Turn {
  if (failure.kind === 'rate-limited') return { to: 'retry', reason: 'rate-limited', afterMs: failure.afterMs };
  const down = failure.kind === 'unclear' || failure.kind === 'down';
  return down
    ? { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' }
    : { to: 'retry', reason: 'homeserver-refused' };
}

/** One for each event: a turn that is played again says it again under the same id. */
function draftOf({ clock }: RoomChangedDeps, { entry, what, room }: Changed, undone: Outcome['undone']): Draft {
  const { event_id: event, sender: by } = entry.body;
  return {
    ...{ kind: 'policy.room-changed', at: clock.now(), actor: by, room },
    source: { system: 'gatehouse', id: `policy.room-changed/${event}`, sure: true },
    body: { room, what, event, by, undone },
  };
}
