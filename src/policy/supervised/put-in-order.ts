/** Undoes what was changed, where that is ours to undo. Each of these acts is harmless when it is done again. */
import type { Draft, EntryOf, RoomUse } from '../../core/entry.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { PolicyBodies, RoomChange } from '../../core/policy-entries.ts';
import { ok } from '../../core/result.ts';

export interface InOrderDeps {
  readonly homeserver: Pick<
    Homeserver,
    'gatehouse' | 'compliance' | 'isOurs' | 'setState' | 'ensureJoined' | 'takeCharge'
  >;
  /** What `user` may do in a room of ours now. */
  readonly powerOf: (at: Place) => Done<'founder' | 'given' | 'none'>;
  /** Whether power levels let `user` do what it has to. */
  readonly givesPower: (levels: JsonObject, user: UserId) => boolean;
  /** Says that a room of ours is none any more, so that another one is made when it is needed. */
  readonly gone: (room: RoomId) => Draft;
}

interface Place {
  readonly user: UserId;
  readonly room: RoomId;
}

export interface Changed {
  readonly entry: EntryOf<'matrix.event'>;
  readonly what: RoomChange;
  readonly room: RoomId;
  /** Who of ours has a place there; absent where we are nobody. */
  readonly as?: UserId;
  /** Present in a room of our own making that is no portal. */
  readonly use?: RoomUse;
}

export interface Outcome {
  readonly undone: PolicyBodies['policy.room-changed']['undone'];
  readonly more?: readonly Draft[];
}

const UNDONE: Outcome = { undone: 'yes' };
const LEFT: Outcome = { undone: 'not-possible' };

/** `in-order`: it took nothing from us, or is no matter of ours. */
export function putInOrder(deps: InOrderDeps, changed: Changed): Done<Outcome | 'in-order'> {
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
async function forgetRetention({ homeserver }: InOrderDeps, { as, room }: Changed): Done<Outcome> {
  if (as === undefined) return ok(LEFT);
  const set = homeserver.setState({ as, room, type: 'm.room.retention', stateKey: '', content: {} });
  const done = await allowed(set);
  return done.ok ? ok(done.value ? UNDONE : LEFT) : done;
}

async function comeBack(deps: InOrderDeps, { entry, as, room, use }: Changed): Done<Outcome | 'in-order'> {
  if (as === undefined || use === undefined || entry.body.state_key !== as) return ok('in-order');
  const at = { user: as, room };
  // A desk's bot makes a new desk where it is not let in: nobody is asked to help.
  const isDesk = use.kind === 'desk';
  const done = isDesk ? await join(deps, at) : await joinWithHelp(deps, at);
  if (!done.ok) return done;
  if (done.value) return ok(UNDONE);
  return ok(isDesk ? LEFT : { ...LEFT, more: [deps.gone(room)] });
}

function join({ homeserver }: InOrderDeps, { user: as, room }: Place): Done<boolean> {
  return allowed(homeserver.ensureJoined({ as, room, inviter: as }));
}

async function joinWithHelp(deps: InOrderDeps, at: Place): Done<boolean> {
  const first = await join(deps, at);
  if (!first.ok || first.value) return first;
  const helped = await takeCharge(deps, at);
  return helped.ok && helped.value ? join(deps, at) : helped;
}

async function takePowerBack(deps: InOrderDeps, { entry, as, room }: Changed): Done<Outcome | 'in-order'> {
  if (as === undefined || deps.givesPower(entry.body.content, as)) return ok('in-order');
  const at = { user: as, room };
  const before = await powerNow(deps, at);
  if (!before.ok) return before;
  if (before.value !== 'none') return ok(before.value === 'given' ? UNDONE : 'in-order');
  const helped = await takeCharge(deps, at);
  const after = helped.ok && helped.value ? await powerNow(deps, at) : helped;
  return after.ok ? ok(after.value === 'given' ? UNDONE : LEFT) : after;
}

/** `out`: it can't even look, so it is out of the room, and that is told. */
async function powerNow(deps: InOrderDeps, at: Place): Done<'founder' | 'given' | 'none' | 'out'> {
  const power = await deps.powerOf(at);
  return power.ok || !isRefusal(power.error) ? power : ok('out');
}

/** False without an admin's token, and where nobody with power in the room is of this server. */
function takeCharge({ homeserver }: InOrderDeps, at: Place): Done<boolean> {
  return homeserver.takeCharge === undefined ? Promise.resolve(ok(false)) : allowed(homeserver.takeCharge(at));
}

/** False where it is refused. */
async function allowed(act: Done<unknown>): Done<boolean> {
  const done = await act;
  if (done.ok) return ok(true);
  return isRefusal(done.error) ? ok(false) : done;
}

function isRefusal({ kind }: HomeserverFailure): boolean {
  return kind === 'forbidden' || kind === 'not-found' || kind === 'refused';
}
