/** Inbound: shows a customer's message in its portal, once, whatever dies between. */
import type { Draft, Entry, EntryOf, ErasedEntry } from '../core/entry.ts';
import { must, parseEventId, type EventId, type Position, type RoomId, type UserId } from '../core/ids.ts';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import { ok, type Result } from '../core/result.ts';
import type { Task, TaskHandler, TaskKind, Turn, TurnContext } from '../tasks/task.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { abandonedDraft, matrixOutcomeDraft, roomGoneDraft } from './drafts.ts';
import { ensureGhost, ensureInRoom, ghostOf } from './ghost.ts';
import { isGone, turnOf } from './homeserver-turn.ts';
import { inboundBodies } from './inbound-text.ts';
import { messageAt } from './message-store.ts';
import { inviteNewcomers } from './newcomers.ts';
import { mustLook, type PortalRooms, type RoomFailure } from './portal-room.ts';
import { portalById, type Portal } from './portal-store.ts';
import { Recent } from './recent.ts';

const ENCRYPTED_AGAIN_MS = 10 * 60_000;
const MENTIONS_MAX = 50;
const DONE: Turn = { to: 'done' };

interface Showing {
  readonly entry: EntryOf<'network.message'>;
  readonly portal: Portal;
  readonly task: Task;
  readonly mayRepeat: boolean;
}

/** A room that can't be used yet is tried for a day, like a homeserver that is down: it is the admin's to put right. */
export function roomTurn(failure: RoomFailure): Turn {
  return failure.kind === 'encrypted'
    ? { to: 'retry', reason: 'homeserver-down', afterMs: ENCRYPTED_AGAIN_MS }
    : turnOf(failure);
}

/** Task `deliver`, for `network.message` and a person's `delivery.retry` of one. */
export class Delivery {
  readonly #deps: BridgeDeps;
  readonly #rooms: PortalRooms;
  // Sends whose answer never came: looked for in the room before they are sent again.
  readonly #unclear = new Recent<Position, true>(10_000);

  constructor(deps: BridgeDeps, rooms: PortalRooms) {
    this.#deps = deps;
    this.#rooms = rooms;
  }

  readonly run: TaskHandler = async (task, entry, context) => {
    const found = await this.#find(task, entry, context);
    if (found === undefined) return DONE;
    const { position } = found.entry;
    const shown = await this.#show({ ...found, mayRepeat: found.mayRepeat || this.#unclear.get(position) === true });
    if (shown.ok) {
      this.#unclear.delete(position);
      return { to: 'done', entries: shown.value };
    }
    if (shown.error.kind === 'unclear') this.#unclear.set(position, true);
    return roomTurn(shown.error);
  };

  /** Given up: on record as not shown, so that a person can ask for it again. */
  readonly dead: NonNullable<TaskKind['dead']> = (_task, entry, reason) => {
    const of = 'erased' in entry || entry.kind !== 'delivery.retry' ? entry.position : entry.body.of;
    return Promise.resolve([abandonedDraft(this.#deps.clock.now(), { of, reason }, entry.position)]);
  };

  async #find(task: Task, entry: Entry | ErasedEntry, context: TurnContext): Promise<Showing | undefined> {
    const original =
      'erased' in entry || entry.kind !== 'delivery.retry' ? entry : await this.#deps.journal.read(entry.body.of);
    if (original === undefined || 'erased' in original || original.kind !== 'network.message') return undefined;
    const { views } = this.#deps.journal;
    const portal = await views.read(async (reading) => {
      const message = await messageAt(reading, original.position);
      return message?.state === 'waiting' ? portalById(reading, views.sealer, message.portal) : undefined;
    });
    const mayRepeat = context.mayRepeat || task.attempts > 0 || entry.kind === 'delivery.retry';
    return portal === undefined ? undefined : { entry: original, portal, task, mayRepeat };
  }

  async #show(showing: Showing): Promise<Result<readonly Draft[], RoomFailure>> {
    const first = await this.#showIn(showing);
    if (first.ok || showing.portal.room === undefined || !isRoomGone(first.error)) return first;
    // Said to be a member by all we saw, and refused: join once more before the room is given up.
    const again = await this.#showIn(showing, true);
    if (again.ok || !isRoomGone(again.error)) return again;
    const { portal, room } = showing.portal;
    await this.#deps.journal.append([roomGoneDraft(this.#deps.clock.now(), { room, portal, why: again.error.kind })]);
    return this.#showIn({ ...showing, portal: { ...showing.portal, room: undefined, goneRoom: room } });
  }

  async #showIn(showing: Showing, rejoin = false): Promise<Result<readonly Draft[], RoomFailure>> {
    const { portal, entry } = showing;
    const made = await ensureGhost(portal, this.#deps);
    if (!made.ok) return made;
    const ghost = ghostOf(portal, this.#deps.homeserver.domain);
    const room = await this.#openRoom(showing, ghost);
    if (!room.ok) return room;
    const joined = await ensureInRoom({ ghost, room: room.value, again: rejoin }, this.#deps);
    if (!joined.ok) return joined;
    const event = await this.#speak(showing, { ghost, room: room.value });
    if (!event.ok) return event;
    this.#deps.metrics.count('gatehouse_delivered', { network: portal.network });
    const body = { of: entry.position, target: 'matrix' as const, state: 'sent' as const, eventId: event.value };
    return ok([...made.value, matrixOutcomeDraft({ at: this.#deps.clock.now(), room: room.value }, body)]);
  }

  #openRoom(showing: Showing, ghost: UserId): Promise<Result<RoomId, RoomFailure>> {
    const { portal, task, mayRepeat } = showing;
    const line = this.#deps.lines.find((known) => known.id === portal.line);
    if (portal.room !== undefined) return Promise.resolve(ok(portal.room));
    if (line === undefined) throw new Error(`line ${portal.line} is no longer in the config`);
    const look = mustLook(portal, { position: task.position, attempts: task.attempts, mayRepeat });
    return this.#rooms({ portal, line, ghost, look });
  }

  async #speak(
    showing: Showing,
    at: { readonly ghost: UserId; readonly room: RoomId },
  ): Promise<Result<EventId, HomeserverFailure>> {
    const { entry, portal, mayRepeat } = showing;
    const bodies = inboundBodies(entry.body, entry.source.possibleDuplicateOf !== undefined);
    const staff = (await this.#deps.staff.staffOf(portal.line)).slice(0, MENTIONS_MAX);
    if (portal.room !== undefined) {
      const invited = await inviteNewcomers({ room: at.room, staff }, this.#deps);
      if (!invited.ok) return invited;
    }
    let first: EventId | undefined;
    for (const [index, body] of bodies.entries()) {
      const content = { msgtype: 'm.text', body, 'm.mentions': { user_ids: staff } };
      const part = index === 0 ? 'text' : `text-${index + 1}`;
      const sent = await this.#sendOnce(
        { as: at.ghost, room: at.room, content, source: entry.position, part },
        mayRepeat,
      );
      if (!sent.ok) return sent;
      first ??= sent.value;
    }
    return ok(first ?? must(parseEventId(undefined)));
  }

  /** Sends, and settles an unclear answer by looking for the echo. */
  async #sendOnce(
    event: Omit<Parameters<BridgeDeps['homeserver']['send']>[0], 'type'>,
    look: boolean,
  ): Promise<Result<EventId, HomeserverFailure>> {
    const before = look ? await this.#deps.homeserver.findEcho(event) : ok(undefined);
    if (!before.ok) return before;
    if (before.value !== undefined) return ok(before.value);
    const sent = await this.#deps.homeserver.send({ ...event, type: 'm.room.message' });
    if (sent.ok || sent.error.kind !== 'unclear') return sent;
    const echo = await this.#deps.homeserver.findEcho(event);
    return echo.ok && echo.value !== undefined ? ok(echo.value) : sent;
  }
}

function isRoomGone(failure: RoomFailure): boolean {
  return failure.kind !== 'encrypted' && isGone(failure);
}
