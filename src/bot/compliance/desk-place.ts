/** `desk.lost`, `desk.invited`: @compliance keeps its place at the desks, and takes none elsewhere. */
import { Allowance } from '../../bridge/rooms/allowance.ts';
import { roomGoneDraft } from '../../bridge/drafts.ts';
import type { Warnings } from '../../bridge/bridge-deps.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { RoomId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok } from '../../core/result.ts';
import type { Views } from '../../journal/journal.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { ourRoom } from '../our-room-store.ts';
import type { RoomMaking } from '../room-maker.ts';
import { ensureDeskRoom } from './desk-rooms.ts';

interface DeskPlaceDeps extends RoomMaking {
  readonly homeserver: RoomMaking['homeserver'] & Pick<Homeserver, 'dropAlias'>;
  readonly views: Views;
  readonly desks: readonly Desk[];
  readonly warnings: Pick<Warnings, 'set'>;
  readonly clock: RoomMaking['clock'] & ConstructorParameters<typeof Allowance>[1];
}

const DONE: Turn = { to: 'done' };
const DECLINED_PER_HOUR = 20;
const ELSEWHERE = 'I only answer at the compliance desk.';

/** It was removed from a desk's room, or the room is being deleted: back where it is let in, else a new room. */
export function deskLostTask(deps: DeskPlaceDeps): TaskHandler {
  const { homeserver, views, desks, clock, warnings } = deps;
  return async (_task, entry) => {
    const room = roomOf(entry);
    if (room === undefined) return DONE;
    const use = await views.read((reading) => ourRoom(reading, room));
    const desk = use?.kind === 'desk' ? desks.find((one) => one.id === use.desk) : undefined;
    if (desk === undefined) return DONE;
    const as = homeserver.compliance;
    const back = await homeserver.ensureJoined({ as, room, inviter: as });
    if (back.ok) return DONE;
    if (!isRefusal(back.error)) return turnAfter(back.error);
    const moved = await moveAway(deps, desk, room);
    const what = `The compliance bot was removed from the room ${desk.room}`;
    if (moved.ok) {
      warnings.set(`desk:${desk.id}`, `${what}. A new room has that address, and everybody with a role is invited.`);
      return { to: 'done', entries: [roomGoneDraft(clock.now(), { room, why: 'removed' })] };
    }
    if (!isRefusal(moved.error)) return turnAfter(moved.error);
    warnings.set(
      `desk:${desk.id}`,
      `${what} and can't make a new one under that address: invite it again, or free the address.`,
    );
    return DONE;
  };
}

/** Done again after a crash, it finds the new room under the address. */
async function moveAway(deps: DeskPlaceDeps, desk: Desk, from: RoomId): Done<RoomId> {
  const { homeserver } = deps;
  const now = await homeserver.resolveAlias(desk.room);
  if (!now.ok) return now;
  if (now.value === from) {
    const free = await homeserver.dropAlias?.({ as: homeserver.compliance, alias: desk.room });
    if (free === undefined) return err({ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'the address is taken' });
    if (!free.ok) return free;
  }
  return ensureDeskRoom(deps, desk);
}

/** Invited to the room of a desk, it comes; anywhere else it declines. */
export function deskInvitedTask(deps: DeskPlaceDeps): TaskHandler {
  const allowance = new Allowance(DECLINED_PER_HOUR, deps.clock);
  return async (task, entry) => {
    const room = roomOf(entry);
    if (room === undefined || 'erased' in entry || entry.kind !== 'matrix.event') return DONE;
    if (task.attempts === 0 && allowance.take(entry.body.sender) === undefined) return DONE;
    const desk = await deskAt(deps, room);
    if (!desk.ok) return turnAfter(desk.error);
    const done = desk.value === undefined ? await decline(deps, room) : await ensureDeskRoom(deps, desk.value);
    return done.ok || isRefusal(done.error) ? DONE : turnAfter(done.error);
  };
}

async function deskAt({ homeserver, desks }: DeskPlaceDeps, room: RoomId): Done<Desk | undefined> {
  for (const desk of desks) {
    const at = await homeserver.resolveAlias(desk.room);
    if (!at.ok) return at;
    if (at.value === room) return ok(desk);
  }
  return ok(undefined);
}

function decline({ homeserver }: DeskPlaceDeps, room: RoomId) {
  const as = homeserver.compliance;
  const content = { membership: 'leave', reason: ELSEWHERE };
  return homeserver.setState({ as, room, type: 'm.room.member', stateKey: as, content });
}

function roomOf(entry: Entry | ErasedEntry): RoomId | undefined {
  return 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : entry.body.room_id;
}

function isRefusal(failure: HomeserverFailure): boolean {
  return failure.kind === 'forbidden' || failure.kind === 'not-found' || failure.kind === 'refused';
}
