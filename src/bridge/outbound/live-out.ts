/**
 * What staff do that is no message: they read, they write, they are there. Told to the customer where the network can carry
 * it and the line's `tells` allows it; never recorded, and a lost one is no loss.
 */
import type { EventId, LineId, PortalId, RemoteId, RoomId, UserId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { LiveEvent } from '../../core/ports/live-homeserver.ts';
import type { PresenceState } from '../../core/ports/outbound.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { messageByEvent, newestInbound, type Message } from '../messages/message-store.ts';
import { remoteIdsOf } from '../messages/remote-ids.ts';
import { kindOfUser } from '../people/our-users.ts';
import { Recent } from '../recent.ts';
import { capabilitiesIn, chatInRoom, refOf, type Chat } from './chat-of.ts';

const PORTALS_KEPT = 5_000;
/** What comes faster than it can be told is left out. */
const MOST_AT_ONCE = 50;
const TELLS = { read: true, typing: true, presence: false } as const;

/** Who is nearest to being there. */
const PRESENCE: readonly PresenceState[] = ['chat', 'available', 'dnd', 'away', 'xa', 'offline'];

export class LiveOut {
  readonly #deps: BridgeDeps;
  readonly #read = new Recent<PortalId, number>(PORTALS_KEPT);
  readonly #typing = new Recent<PortalId, boolean>(PORTALS_KEPT);
  readonly #present = new Recent<UserId, PresenceState>(PORTALS_KEPT);
  readonly #shown = new Map<LineId, PresenceState>();
  #running = 0;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
  }

  /** Never throws, and nobody waits for it. */
  heard(events: readonly LiveEvent[]): void {
    for (const event of events) {
      if (this.#running >= MOST_AT_ONCE) return;
      this.#running += 1;
      void this.#tell(event)
        .catch((error: unknown) => {
          this.#deps.log.debug('bridge.live-untold', { what: event.is, why: error instanceof Error ? error.name : '' });
        })
        .finally(() => {
          this.#running -= 1;
        });
    }
  }

  #tell(event: LiveEvent): Promise<void> {
    switch (event.is) {
      case 'read':
        return this.#tellRead(event);
      case 'typing':
        return this.#tellTyping(
          event.room,
          event.users.filter((user) => this.#isLocal(user)),
        );
      case 'presence':
        return this.#isLocal(event.user) ? this.#tellPresence(event.user, event.state) : Promise.resolve();
    }
  }

  #isLocal(user: UserId): boolean {
    return kindOfUser(user, this.#deps.homeserver.domain) === 'local';
  }

  /** Up to there once, whoever of the line reads it first. */
  async #tellRead({ room, user, event }: { room: RoomId; user: UserId; event: EventId }): Promise<void> {
    const chat = this.#isLocal(user) ? await chatInRoom(room, this.#deps) : undefined;
    if (chat === undefined || !mayTellRead(chat)) return;
    const { journal, staff } = this.#deps;
    const message = await journal.views.read((reading) => messageByEvent(reading, room, event));
    if (message === undefined || !this.#isNews(message)) return;
    if (await staff.isStaff(chat.line.id, user)) await this.#markRead(message, chat);
  }

  #isNews({ direction, position, portal }: Message): boolean {
    return direction === 'inbound' && position > (this.#read.get(portal) ?? 0);
  }

  async #markRead(message: Message, chat: Chat): Promise<void> {
    const known = await remoteIdsOf(message, chat.line.address, this.#deps.journal);
    const id = known?.ids.at(-1);
    if (known === undefined || id === undefined) return;
    this.#read.set(message.portal, message.position);
    await chat.connector.markRead?.({ ...refOf(chat), id, by: known.by });
  }

  async #tellTyping(room: RoomId, users: readonly UserId[]): Promise<void> {
    const chat = await chatInRoom(room, this.#deps);
    if (chat === undefined || !mayTellTyping(chat)) return;
    const { portal } = chat.portal;
    const on = users.length > 0;
    if (on === (this.#typing.get(portal) ?? false)) return;
    this.#typing.set(portal, on);
    const last = await this.#newest(chat);
    await chat.connector.typing?.({ ...refOf(chat), on, ...(last === undefined ? {} : { last }) });
  }

  async #newest({ portal, line }: Chat): Promise<RemoteId | undefined> {
    const { journal } = this.#deps;
    const message: Message | undefined = await journal.views.read((reading) => newestInbound(reading, portal.portal));
    return message === undefined ? undefined : (await remoteIdsOf(message, line.address, journal))?.ids.at(-1);
  }

  /** A line is as present as the most present of its people. */
  async #tellPresence(user: UserId, state: PresenceState): Promise<void> {
    this.#present.set(user, state);
    for (const line of await this.#deps.staff.linesOf(user)) {
      const connector = this.#deps.connectors(line.connector);
      if (!tellsOf(line).presence || connector?.presence === undefined) continue;
      const people = await this.#deps.staff.staffOf(line.id);
      const states = new Set(people.map((one) => this.#present.get(one) ?? 'offline'));
      const best = PRESENCE.find((one) => states.has(one)) ?? 'offline';
      if (this.#shown.get(line.id) === best) continue;
      this.#shown.set(line.id, best);
      await connector.presence({ from: line.address, state: best });
    }
  }
}

function tellsOf(line: Line): NonNullable<Line['tells']> {
  return line.tells ?? TELLS;
}

function mayTellRead(chat: Chat): boolean {
  return tellsOf(chat.line).read && capabilitiesIn(chat).read_receipts > 0;
}

/** Where the network shows it by telling that everything was read, both must be allowed. */
function mayTellTyping(chat: Chat): boolean {
  const { typing_notifications: grade, typing_marks_read: marksRead = false } = capabilitiesIn(chat);
  const tells = tellsOf(chat.line);
  return grade > 0 && tells.typing && (tells.read || !marksRead);
}
