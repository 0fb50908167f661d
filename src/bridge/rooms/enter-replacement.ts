/** Goes into the room that a tombstone names, and makes sure that it really follows the old one and can be used. */
import type { RoomId, UserId } from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isGone } from '../homeserver-turn.ts';

type Entering = Pick<Homeserver, 'ensureJoined' | 'state' | 'takeCharge' | 'gatehouse'>;

/** `shut`: we are not let in, at least not yet; `other`: it does not say that it follows the old room. */
export type WhyNot = 'shut' | 'other' | 'encrypted';
export interface NotEntered {
  readonly kind: 'not-entered';
  readonly why: WhyNot;
}

interface Replacement {
  readonly as: UserId;
  readonly from: RoomId;
  readonly to: RoomId;
}

/** Doing it again is harmless. */
export async function enterReplacement(
  given: Replacement,
  homeserver: Entering,
): Promise<Result<void, HomeserverFailure | NotEntered>> {
  const { as, from, to } = given;
  const entered = await enter(as, to, homeserver);
  if (!entered.ok) return entered;
  const create = await homeserver.state({ as, room: to, type: 'm.room.create', stateKey: '' });
  if (!create.ok) return create;
  const predecessor = create.value?.['predecessor'];
  if (!isJsonObject(predecessor) || predecessor['room_id'] !== from) return notEntered('other');
  const encryption = await homeserver.state({ as, room: to, type: 'm.room.encryption', stateKey: '' });
  if (!encryption.ok) return encryption;
  return encryption.value === undefined ? ok(undefined) : notEntered('encrypted');
}

/** By the room's own rules or an invitation, else with the admin's help. */
async function enter(
  as: UserId,
  room: RoomId,
  homeserver: Entering,
): Promise<Result<void, HomeserverFailure | NotEntered>> {
  const joined = await homeserver.ensureJoined({ as, room, inviter: homeserver.gatehouse });
  if (joined.ok || !isGone(joined.error)) return joined;
  const helped = await homeserver.takeCharge?.({ user: as, room });
  if (helped === undefined) return notEntered('shut');
  if (!helped.ok) return isRefusal(helped.error) ? notEntered('shut') : helped;
  const again = await homeserver.ensureJoined({ as, room, inviter: homeserver.gatehouse });
  if (again.ok || !isGone(again.error)) return again;
  return notEntered('shut');
}

function isRefusal(failure: HomeserverFailure): boolean {
  return isGone(failure) || failure.kind === 'refused';
}

function notEntered(why: WhyNot): { readonly ok: false; readonly error: NotEntered } {
  return err({ kind: 'not-entered', why });
}
