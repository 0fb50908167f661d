/** Which barriers are crossed in a room, and which not any more. Pure. */
import type { EventId, RoomId, UserId } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import { isKnown, type Barrier } from '../presend/barriers.ts';
import type { Crossing } from './supervised-store.ts';

export type CrossingBody = PolicyBodies['policy.barrier-crossed'];

/** Whoever came last, as far as it was seen. */
export interface Arrival {
  readonly how: 'invite' | 'join';
  readonly event: EventId;
  readonly by: UserId;
  readonly user: UserId;
}

export interface InRoom {
  readonly room: RoomId;
  /** In it or invited to it. */
  readonly members: readonly UserId[];
  readonly barriers: readonly Barrier[];
  /** Those on record that are not over. */
  readonly open: readonly Crossing[];
  readonly arrival: Arrival | undefined;
}

const USERS_MAX = 20;

/** What is to go on record: empty where nothing changed. Where it isn't known who is in a group, nothing is said to have. */
export function crossingsIn(given: InRoom): readonly CrossingBody[] {
  const { room, barriers, open } = given;
  const now = barriers.flatMap((barrier) => crossed(barrier, given));
  const unknown = barriers.filter((barrier) => !isKnown(barrier));
  const began = now.filter(({ barrier }) => !open.some((one) => isOf(one, barrier)));
  const ended = open.filter(
    (one) => !now.some(({ barrier }) => isOf(one, barrier)) && !unknown.some(({ between }) => isOf(one, between)),
  );
  return [
    ...began,
    ...ended.map(({ first, second }): CrossingBody => {
      return { room, barrier: [first, second], users: [], how: 'found', over: true };
    }),
  ];
}

function crossed(barrier: Barrier, { room, members, arrival }: InRoom): readonly CrossingBody[] {
  if (!isKnown(barrier)) return [];
  const { between, first, second } = barrier;
  const [one, other] = [members.filter((user) => first.has(user)), members.filter((user) => second.has(user))];
  if (one.length === 0 || other.length === 0) return [];
  const users = [...one.slice(0, USERS_MAX), ...other.slice(0, USERS_MAX)];
  const came = arrival !== undefined && [...one, ...other].includes(arrival.user) ? arrival : undefined;
  const how = came === undefined ? { how: 'found' as const } : { how: came.how, event: came.event, by: came.by };
  return [{ room, barrier: between, users: lastFirst(users, came), over: false, ...how }];
}

/** Named first: whoever came, and so made it a crossing. */
function lastFirst(users: readonly UserId[], came: Arrival | undefined): readonly UserId[] {
  if (came === undefined) return users;
  return [came.user, ...users.filter((user) => user !== came.user)].slice(0, 2 * USERS_MAX);
}

function isOf({ first, second }: Crossing, [a, b]: readonly [string, string]): boolean {
  return first === a && second === b;
}
