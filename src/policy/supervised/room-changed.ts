/**
 * Task `policy.supervised`: undoes a change of a room where that can be, and puts on record what came of it; from that
 * entry compliance is told. Killed after the undoing and before the entry, it finds the room in order and says so: setting
 * the same state again is no second event, and a bot that is back is back.
 */
import type { Draft, Entry, EntryOf, ErasedEntry, RoomUse } from '../../core/entry.ts';
import { homeserverGate, type RoomId, type UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { PolicyBodies, RoomChange } from '../../core/policy-entries.ts';
import { ok } from '../../core/result.ts';
import type { Clock } from '../../core/clock.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { changeIn } from './room-change.ts';

type Undone = PolicyBodies['policy.room-changed']['undone'];

export interface RoomChangedDeps {
  readonly homeserver: Pick<
    Homeserver,
    'gatehouse' | 'compliance' | 'isOurs' | 'setState' | 'ensureJoined' | 'takeCharge'
  >;
  /** What a room is to us: a portal, a room of our own making, or neither. */
  readonly placeOf: (room: RoomId) => Promise<'portal' | RoomUse | undefined>;
  /** What `user` may do in a room of ours now. */
  readonly powerOf: (at: { readonly user: UserId; readonly room: RoomId }) => Done<'founder' | 'given' | 'none'>;
  /** Whether power levels let `user` do what it has to. */
  readonly givesPower: (levels: JsonObject, user: UserId) => boolean;
  /** Says that a room of ours is none any more, so that another one is made when it is needed. */
  readonly gone: (room: RoomId) => Draft;
  /** False where this was undone so often in this hour that a program must be doing it. */
  readonly mayUndo: (room: RoomId, what: RoomChange) => boolean;
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };

interface Changed {
  readonly entry: EntryOf<'matrix.event'>;
  readonly what: RoomChange;
  readonly room: RoomId;
  /** Absent where we are nobody. */
  readonly as?: UserId;
  readonly use?: RoomUse;
}

interface Outcome {
  readonly undone: Undone;
  readonly more?: readonly Draft[];
}

const LEFT: Outcome = { undone: 'not-possible' };

export function roomChangedTask(deps: RoomChangedDeps): TaskHandler {
  return async (task, entry) => {
    const changed = await find(deps, entry);
    if (changed === undefined) return DONE;
    const { what, room } = changed;
    const may = what === 'encrypted' || task.attempts > 0 || deps.mayUndo(room, what);
    const done = may ? await undo(deps, changed) : ok<Outcome>({ undone: 'no' });
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

/** `in-order`: nothing of it holds any more, or it took nothing from us. */
function undo(deps: RoomChangedDeps, changed: Changed): Done<Outcome | 'in-order'> {
  switch (changed.what) {
    case 'encrypted':
      return Promise.resolve(ok(LEFT));
    case 'retention':
      return forgetRetention(deps, changed);
    case 'bot-removed':
      return comeBack(deps, changed);
    case 'power-taken':
      return takePowerBack(deps, changed);
  }
}

/** In a room where we are nobody we stay nobody: coming in would change who reads along. */
async function forgetRetention({ homeserver }: RoomChangedDeps, { as, room }: Changed): Done<Outcome> {
  if (as === undefined) return ok(LEFT);
  const set = await homeserver.setState({ as, room, type: 'm.room.retention', stateKey: '', content: {} });
  if (set.ok) return ok({ undone: 'yes' });
  return isRefusal(set.error) ? ok(LEFT) : set;
}

async function comeBack(deps: RoomChangedDeps, { entry, as, room, use }: Changed): Done<Outcome | 'in-order'> {
  if (as === undefined || use === undefined || entry.body.state_key !== as) return ok('in-order');
  const { homeserver } = deps;
  const back = await homeserver.ensureJoined({ as, room, inviter: as });
  if (back.ok) return ok({ undone: 'yes' });
  if (!isRefusal(back.error)) return back;
  // A desk's bot sees to its own place.
  if (use.kind === 'desk') return ok(LEFT);
  const helped = await homeserver.takeCharge?.({ user: as, room });
  if (helped?.ok === false && !isRefusal(helped.error)) return helped;
  const again = helped?.ok === true ? await homeserver.ensureJoined({ as, room, inviter: as }) : back;
  if (again.ok) return ok({ undone: 'yes' });
  return isRefusal(again.error) ? ok({ undone: 'not-possible', more: [deps.gone(room)] }) : again;
}

async function takePowerBack(deps: RoomChangedDeps, { entry, as, room }: Changed): Done<Outcome | 'in-order'> {
  if (as === undefined || deps.givesPower(entry.body.content, as)) return ok('in-order');
  const at = { user: as, room };
  const before = await deps.powerOf(at);
  // Where it can't even look, it is out of the room, and that is told.
  if (!before.ok) return isRefusal(before.error) ? ok('in-order') : before;
  if (before.value === 'founder') return ok('in-order');
  if (before.value === 'given') return ok({ undone: 'yes' });
  const helped = await deps.homeserver.takeCharge?.(at);
  if (helped === undefined) return ok(LEFT);
  if (!helped.ok) return isRefusal(helped.error) ? ok(LEFT) : helped;
  const after = await deps.powerOf(at);
  if (!after.ok) return isRefusal(after.error) ? ok(LEFT) : after;
  return ok(after.value === 'none' ? LEFT : { undone: 'yes' });
}

function isRefusal({ kind }: HomeserverFailure): boolean {
  return kind === 'forbidden' || kind === 'not-found' || kind === 'refused';
}

function turnAfter(failure: HomeserverFailure): Turn {
  if (failure.kind === 'rate-limited') return { to: 'retry', reason: 'rate-limited', afterMs: failure.afterMs };
  const down = failure.kind === 'unclear' || failure.kind === 'down';
  return down
    ? { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' }
    : { to: 'retry', reason: 'homeserver-refused' };
}

/** One for each event: a turn that is played again says it again under the same id. */
function draftOf({ clock }: RoomChangedDeps, { entry, what, room }: Changed, undone: Undone): Draft {
  const { event_id: event, sender: by } = entry.body;
  return {
    ...{ kind: 'policy.room-changed', at: clock.now(), actor: by, room },
    source: { system: 'gatehouse', id: `policy.room-changed/${event}`, sure: true },
    body: { room, what, event, by, undone },
  };
}
