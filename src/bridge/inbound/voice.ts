/** Says a customer's text in a room: by the ghost, or by @gatehouse in its name where the ghost's account is refused. */
import type { EntryOf } from '../../core/entry.ts';
import { must, parseEventId, type EventId, type RoomId, type UserId } from '../../core/ids.ts';
import type { HomeserverFailure, SendEvent, SoughtEvent } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ensureInRoom } from '../portals/ghost.ts';
import { isAccountRefused } from '../homeserver-turn.ts';
import { inboundBodies } from './inbound-text.ts';
import { inviteNewcomers } from '../rooms/newcomers.ts';
import type { Portal } from '../portals/portal-store.ts';
import type { People } from '../rooms/people.ts';
import type { ShownAs } from '../rooms/shown-as.ts';
import { cleanName } from '../portals/shown-name.ts';

const MENTIONS_MAX = 50;

interface Said {
  readonly entry: EntryOf<'network.message'>;
  /** Its own, or what a rule leaves of it. */
  readonly text: string;
  /** It may have been said before: look first. */
  readonly mayRepeat: boolean;
}
interface SaidIn {
  readonly portal: Portal;
  readonly ghost: UserId;
  readonly room: RoomId;
  /** The ghost joins although all we saw says that it is a member. */
  readonly rejoin: boolean;
  /** @gatehouse speaks in the ghost's name. */
  readonly instead: boolean;
}
interface Shown {
  /** The first event, where a text takes several. */
  readonly event: EventId;
  readonly as: ShownAs;
}

interface Speech {
  readonly as: UserId;
  readonly room: RoomId;
  readonly bodies: readonly string[];
  readonly mention: readonly UserId[];
}

export class Voice {
  readonly #deps: BridgeDeps;
  readonly #people: People;

  constructor(deps: BridgeDeps, people: People) {
    this.#deps = deps;
    this.#people = people;
  }

  async show(said: Said, at: SaidIn): Promise<Result<Shown, HomeserverFailure>> {
    const { portal, ghost, room, rejoin, instead } = at;
    const joined = instead ? ok(undefined) : await ensureInRoom({ ghost, room, again: rejoin }, this.#deps);
    if (!joined.ok) return this.#orInstead(joined, said, at);
    const staff = await this.#people.present(portal.line);
    const { journal } = this.#deps;
    const readers = await inviteNewcomers({ portal: portal.portal, room, staff }, { journal, people: this.#people });
    if (!readers.ok) return readers;
    const { gatehouse } = this.#deps.homeserver;
    const plain = inboundBodies(
      { ...said.entry.body, text: said.text },
      said.entry.source.possibleDuplicateOf !== undefined,
    );
    const bodies = instead ? plain.map((body) => `${cleanName(portal.name) ?? 'The customer'}: ${body}`) : plain;
    const mention = staff.slice(0, MENTIONS_MAX);
    const event = await this.#speak({ as: instead ? gatehouse : ghost, room, bodies, mention }, said);
    if (!event.ok) return this.#orInstead(event, said, at);
    return ok({ event: event.value, as: { byGatehouse: instead, toNobody: readers.value.length === 0 } });
  }

  /** A text must not be lost because an admin took its ghost's account away. */
  async #orInstead(
    failed: { readonly ok: false; readonly error: HomeserverFailure },
    said: Said,
    at: SaidIn,
  ): Promise<Result<Shown, HomeserverFailure>> {
    return at.instead || !isAccountRefused(failed.error) ? failed : this.show(said, { ...at, instead: true });
  }

  async #speak(speech: Speech, { entry, mayRepeat }: Said): Promise<Result<EventId, HomeserverFailure>> {
    const { as, room, mention } = speech;
    let first: EventId | undefined;
    for (const [index, body] of speech.bodies.entries()) {
      const content = { msgtype: 'm.text', body, 'm.mentions': { user_ids: mention } };
      const part = index === 0 ? 'text' : `text-${index + 1}`;
      const event = { as, room, content, source: entry.position, part, since: entry.recordedAt };
      const sent = await this.#sendOnce(event, mayRepeat);
      if (!sent.ok) return sent;
      first ??= sent.value;
    }
    return ok(first ?? must(parseEventId(undefined)));
  }

  /** Sends, and settles an unclear answer by looking for the echo. */
  async #sendOnce(
    { since, ...event }: Omit<SendEvent, 'type'> & Pick<SoughtEvent, 'since'>,
    look: boolean,
  ): Promise<Result<EventId, HomeserverFailure>> {
    const sought = { ...event, ...(since !== undefined && { since }) };
    const before = look ? await this.#deps.homeserver.findEcho(sought) : ok(undefined);
    if (!before.ok) return before;
    if (before.value !== undefined) return ok(before.value);
    const sent = await this.#deps.homeserver.send({ ...event, type: 'm.room.message' });
    if (sent.ok || sent.error.kind !== 'unclear') return sent;
    const echo = await this.#deps.homeserver.findEcho(sought);
    return echo.ok && echo.value !== undefined ? ok(echo.value) : sent;
  }
}
