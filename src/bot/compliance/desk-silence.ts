/** Whether a desk may speak in its room now: asked of the homeserver each time. */
import type { RoomId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Done, Homeserver } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { whySilent, type DeskRoomState, type Silence } from './room-rules.ts';

export type Asked = Pick<Homeserver, 'members' | 'state' | 'isOurs' | 'compliance'>;

/** Undefined where it may speak. */
export async function silenceAt(homeserver: Asked, desk: Desk, room: RoomId): Done<Silence | undefined> {
  const now = await roomState(homeserver, room);
  return now.ok ? ok(whySilent(desk, now.value, (user) => homeserver.isOurs(user))) : now;
}

/** As the homeserver has it now: a gap in what we were told must not let a stranger read along. */
async function roomState(homeserver: Asked, room: RoomId): Done<DeskRoomState> {
  const at = { as: homeserver.compliance, room, stateKey: '' };
  const members = await homeserver.members({ as: homeserver.compliance, room });
  if (!members.ok) return members;
  const encryption = await homeserver.state({ ...at, type: 'm.room.encryption' });
  if (!encryption.ok) return encryption;
  const rules = await homeserver.state({ ...at, type: 'm.room.join_rules' });
  if (!rules.ok) return rules;
  const rule = rules.value?.['join_rule'];
  return ok({
    members: members.value,
    encrypted: encryption.value !== undefined,
    joinRule: rules.value === undefined ? undefined : typeof rule === 'string' ? rule : 'unknown',
  });
}
