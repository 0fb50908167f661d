/** Says a customer's text in a room: by the ghost, or by @gatehouse in its name where the ghost's account is refused. */
import type { EntryOf } from '../../core/entry.ts';
import type { EventId, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ensureInRoom } from '../portals/ghost.ts';
import { isAccountRefused } from '../homeserver-turn.ts';
import { answeredIn } from './answered.ts';
import { inboundParts } from './inbound-parts.ts';
import { speak, type Speech } from './speak.ts';
import { spokenParts } from './spoken-parts.ts';
import type { FilesToShow, MessageFiles } from '../files/message-files.ts';
import { spokenFor } from './speaker.ts';

import { inviteNewcomers } from '../rooms/newcomers.ts';
import type { Portal } from '../portals/portal-store.ts';
import type { People } from '../rooms/people.ts';
import type { ShownAs } from '../rooms/shown-as.ts';

const MENTIONS_MAX = 50;

interface Said {
  readonly entry: EntryOf<'network.message'>;
  /** What a rule leaves of its text; undefined where it is shown as it came. */
  readonly masked?: string | undefined;
  /** Undefined where it has none. */
  readonly files: FilesToShow | undefined;
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
  /** In their order; at least one. */
  readonly events: readonly EventId[];
  readonly as: ShownAs;
}

export class Voice {
  readonly #deps: BridgeDeps;
  readonly #people: People;
  readonly #files: MessageFiles | undefined;

  constructor(deps: BridgeDeps, people: People, files: MessageFiles | undefined) {
    this.#deps = deps;
    this.#people = people;
    this.#files = files;
  }

  async show(said: Said, at: SaidIn): Promise<Result<Shown, HomeserverFailure>> {
    const { portal, ghost, room, rejoin, instead } = at;
    const joined = instead ? ok(undefined) : await ensureInRoom({ ghost, room, again: rejoin }, this.#deps);
    if (!joined.ok) return this.#orInstead(joined, said, at);
    const staff = await this.#people.present(portal.line);
    const { journal } = this.#deps;
    const readers = await inviteNewcomers({ portal: portal.portal, room, staff }, { journal, people: this.#people });
    if (!readers.ok) return readers;
    const spoken = await speak(await this.#speech(said, at, staff), this.#deps.homeserver);
    if (!spoken.ok) return this.#orInstead(spoken, said, at);
    return ok({ events: spoken.value, as: { byGatehouse: instead, toNobody: readers.value.length === 0 } });
  }

  /** What our own people wrote elsewhere, or the network says of the chat, makes nobody's phone sound. */
  async #speech(
    { entry, masked, files, mayRepeat: look }: Said,
    at: SaidIn,
    staff: readonly UserId[],
  ): Promise<Speech> {
    const { portal, ghost, room, instead } = at;
    const { body, source, position, recordedAt: since } = entry;
    const prefix = spokenFor(body, portal, instead);
    const quiet = body.own === true || body.service === true;
    const parts = inboundParts(body, {
      masked,
      mayBeRepeat: source.possibleDuplicateOf !== undefined,
      replyTo: await answeredIn(room, body, this.#deps),
      ...(prefix === undefined ? {} : { prefix }),
      msgtype: body.service === true ? 'm.notice' : 'm.text',
    });
    const as = prefix === undefined ? ghost : this.#deps.homeserver.gatehouse;
    const shown =
      files === undefined || this.#files === undefined ? undefined : { toShow: files, show: this.#files, as };
    const mention = quiet ? [] : staff.slice(0, MENTIONS_MAX);
    return { as, room, parts: spokenParts(parts, shown), mention, source: position, since, look };
  }

  /** A text must not be lost because an admin took its ghost's account away. */
  async #orInstead(
    failed: { readonly ok: false; readonly error: HomeserverFailure },
    said: Said,
    at: SaidIn,
  ): Promise<Result<Shown, HomeserverFailure>> {
    return at.instead || !isAccountRefused(failed.error) ? failed : this.show(said, { ...at, instead: true });
  }
}
