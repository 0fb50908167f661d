/** The bot's words in a portal. What a person must notice is a text that mentions them; the rest is a notice. */
import type { EventId, Millis, Position, RoomId, UserId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import { ok, type Result } from '../core/result.ts';
import type { BridgeDeps } from './bridge-deps.ts';

export interface Telling {
  readonly room: RoomId;
  readonly text: string;
  /** Who must notice; with nobody it is a notice, which never sounds. */
  readonly mention: readonly UserId[];
  readonly replyTo?: EventId;
  readonly source: Position;
  readonly part: string;
  /** It may have been told before: look first. */
  readonly look: boolean;
  /** It can't have been told before this. */
  readonly since?: Millis;
}

export async function tell(
  telling: Telling,
  deps: Pick<BridgeDeps, 'homeserver'>,
): Promise<Result<EventId, HomeserverFailure>> {
  const { room, source, part, replyTo } = telling;
  const as = deps.homeserver.gatehouse;
  const since = telling.since === undefined ? {} : { since: telling.since };
  if (telling.look) {
    const before = await deps.homeserver.findEcho({ as, room, source, part, ...since });
    if (!before.ok) return before;
    if (before.value !== undefined) return ok(before.value);
  }
  const content: JsonObject = {
    msgtype: telling.mention.length > 0 ? 'm.text' : 'm.notice',
    body: telling.text,
    'm.mentions': { user_ids: telling.mention },
    ...(replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } }),
  };
  return deps.homeserver.send({ as, room, type: 'm.room.message', content, source, part });
}
