/** Says the parts of one entry in a room, each once: whoever may have said them before looks first. */
import type { EventId, Millis, Position, RoomId, UserId } from '../../core/ids.ts';
import type { Done, Homeserver, SoughtEvent } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { SpokenPart } from './spoken-parts.ts';

export interface Speech {
  readonly as: UserId;
  readonly room: RoomId;
  readonly parts: readonly SpokenPart[];
  readonly mention: readonly UserId[];
  /** The entry that is said. */
  readonly source: Position;
  /** It can't have been said before this. */
  readonly since: Millis;
  /** It may have been said before. */
  readonly look: boolean;
}

type Ear = Pick<Homeserver, 'send' | 'findEcho'>;

/** Resolves with the events, in their order. */
export async function speak(speech: Speech, homeserver: Ear): Done<readonly EventId[]> {
  const { as, room, source, since, mention, look } = speech;
  const events: EventId[] = [];
  for (const { part, make } of speech.parts) {
    const at = { as, room, source, part, since };
    const before = look ? await homeserver.findEcho(at) : ok(undefined);
    const sent = before.ok && before.value === undefined ? await say({ at, make, mention }, homeserver) : before;
    if (!sent.ok) return sent;
    if (sent.value !== undefined) events.push(sent.value);
  }
  return ok(events);
}

interface Saying extends Pick<SpokenPart, 'make'> {
  readonly at: SoughtEvent;
  readonly mention: readonly UserId[];
}

/** Sends, and settles an unclear answer by looking for the echo. */
async function say({ at, make, mention }: Saying, homeserver: Ear): Done<EventId> {
  const made = await make();
  if (!made.ok) return made;
  const { as, room, source, part } = at;
  const { type, content } = made.value;
  const sent = await homeserver.send({
    ...{ as, room, source, part, type },
    content: { ...content, 'm.mentions': { user_ids: mention } },
  });
  if (sent.ok || sent.error.kind !== 'unclear') return sent;
  const echo = await homeserver.findEcho(at);
  return echo.ok && echo.value !== undefined ? ok(echo.value) : sent;
}
