/** Inbound: shows a customer's message in its portal, once, whatever dies between. */
import { wait } from '../../core/clock.ts';
import type { Draft, Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Task, TaskHandler, TaskKind, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { abandonedDraft, matrixOutcomeDraft, roomGoneDraft } from '../drafts.ts';
import { filesInRooms } from '../files/files-in-rooms.ts';
import type { FilesToShow, MessageFiles } from '../files/message-files.ts';
import { ensureGhost, ghostOf } from '../portals/ghost.ts';
import { isAccountRefused, isGone, turnOf } from '../homeserver-turn.ts';
import { messageAt } from '../messages/message-store.ts';
import { mustLook, type PortalRooms, type RoomFailure } from '../portals/portal-room.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { Allowance } from '../rooms/allowance.ts';
import type { People } from '../rooms/people.ts';
import { followClosed } from '../rooms/move-portal.ts';
import { shownCode } from '../rooms/shown-as.ts';
import { isUsable } from '../rooms/usable.ts';
import { answerAwaited } from './answered.ts';
import { tellGroup } from './group-told.ts';
import { shownBy } from './shown-by.ts';
import { speakerOf } from './speaker.ts';
import { Voice } from './voice.ts';

const ENCRYPTED_AGAIN_MS = 10 * 60_000;
/** Rooms given up for one portal although @gatehouse is in them. */
const SILENCED_PER_HOUR = 1;
const DONE: Turn = { to: 'done' };

interface Showing {
  readonly entry: EntryOf<'network.message'>;
  readonly portal: Portal;
  readonly task: Task;
  readonly mayRepeat: boolean;
  /** What is shown in place of its own text. */
  readonly text?: string;
  readonly files?: FilesToShow | undefined;
}
interface How {
  /** The ghost joins although all we saw says that it is a member. */
  readonly rejoin?: boolean;
  /** @gatehouse speaks in the ghost's name. */
  readonly instead?: boolean;
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
  readonly #voice: Voice;
  readonly #files: MessageFiles | undefined;
  readonly #silenced: Allowance;

  constructor(deps: BridgeDeps, parts: { readonly rooms: PortalRooms; readonly people: People }) {
    this.#deps = deps;
    this.#rooms = parts.rooms;
    this.#files = filesInRooms(deps);
    this.#voice = new Voice(deps, parts.people, this.#files);
    this.#silenced = new Allowance(SILENCED_PER_HOUR, deps.clock);
  }

  readonly run: TaskHandler = async (task, entry, context) => {
    const found = await this.#find(task, entry, context);
    if (found === undefined) return DONE;
    const showing = await this.#mayShow(found.entry.position, context);
    if ('to' in showing) return showing;
    const early = await answerAwaited(found.entry, context.signal, this.#deps);
    if (early !== undefined) return early;
    const files = await this.#filesOf(found.entry, context);
    if (files !== undefined && 'until' in files) return { to: 'aside', until: files.until };
    const shown = await this.#show({ ...found, ...showing, files });
    return shown.ok ? { to: 'done', entries: shown.value } : roomTurn(shown.error);
  };

  /** What a rule finds is on record before anybody sees the message: whoever shows it again shows the same of it. */
  async #mayShow(of: Position, { signal }: TurnContext): Promise<Turn | Pick<Showing, 'text'>> {
    const { gatekeeper, journal, clock } = this.#deps;
    if (gatekeeper === undefined) return {};
    const showing = await gatekeeper.mayShow(of);
    if (showing.may === 'ask-again') return { to: 'aside', until: wait(clock, showing.afterMs, signal) };
    if (showing.entries.length > 0) await journal.append(showing.entries);
    return showing.text === undefined ? {} : { text: showing.text };
  }

  /** Undefined where it has none. */
  async #filesOf(
    entry: EntryOf<'network.message'>,
    { signal }: TurnContext,
  ): Promise<FilesToShow | { readonly until: Promise<void> } | undefined> {
    return (entry.body.attachments ?? []).length > 0 ? this.#files?.ready(entry, signal) : undefined;
  }

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
    const { room } = showing.portal;
    const first = await this.#showIn(showing);
    if (first.ok || room === undefined || !isRoomGone(first.error)) return first;
    // Said to be a member by all we saw, and refused: join once more before the room is given up.
    const again = await this.#showIn(showing, { rejoin: true });
    if (again.ok || !isRoomGone(again.error)) return again;
    const usable = await isUsable(room, this.#deps.homeserver);
    if (!usable.ok) return usable;
    const instead = usable.value ? await this.#showInstead(showing) : undefined;
    if (instead !== undefined) return instead;
    const next = await this.#leave(showing, room, again.error.kind);
    return next.ok ? this.#showIn({ ...showing, portal: { ...showing.portal, ...next.value } }) : next;
  }

  /** A room that was closed in favour of another one leads there, though no tombstone came yet; any other is lost. */
  async #leave(
    { portal, entry, mayRepeat }: Showing,
    room: RoomId,
    why: string,
  ): Promise<Result<Pick<Portal, 'room' | 'goneRoom'>, RoomFailure>> {
    const { clock, journal } = this.#deps;
    const step = { portal, from: room, source: entry.position, look: mayRepeat };
    const followed = await followClosed(this.#deps, step);
    if (!followed.ok) return followed;
    if (followed.value !== undefined) {
      await journal.append([followed.value.moved]);
      return ok({ room: followed.value.room, goneRoom: undefined });
    }
    await journal.append([roomGoneDraft(clock.now(), { room, portal: portal.portal, why })]);
    return ok({ room: undefined, goneRoom: room });
  }

  /** Undefined where nobody of ours may speak. A new room helps if that is the room's doing, and is not made for ever. */
  async #showInstead(showing: Showing): Promise<Result<readonly Draft[], RoomFailure> | undefined> {
    const instead = await this.#showIn(showing, { instead: true });
    if (instead.ok || !isRoomGone(instead.error)) return instead;
    return this.#silenced.take(showing.portal.portal) === undefined ? instead : undefined;
  }

  async #showIn(showing: Showing, how: How = {}): Promise<Result<readonly Draft[], RoomFailure>> {
    const { portal, entry, mayRepeat, text, files } = showing;
    const speaker = speakerOf(entry.body, portal);
    const made = await ensureGhost({ speaker, because: entry.position }, this.#deps);
    if (!made.ok && !isAccountRefused(made.error)) return made;
    const ghost = ghostOf(speaker, this.#deps.homeserver.domain);
    const room = await this.#openRoom(showing);
    if (!room.ok) return room;
    const instead = how.instead === true || !made.ok;
    const at = { portal, ghost, room: room.value, rejoin: how.rejoin === true, instead };
    const shown = await this.#voice.show({ entry, masked: text, files, mayRepeat }, at);
    if (!shown.ok) return shown;
    const told = await tellGroup({ entry, portal, room: room.value }, mayRepeat, this.#deps);
    if (!told.ok) return told;
    const { events, as } = shown.value;
    this.#deps.metrics.count('gatehouse_delivered', { network: portal.network });
    const outcome = { ...shownBy(events, files), ...shownCode(as) };
    const where = { at: this.#deps.clock.now(), room: room.value };
    return ok([...(made.ok ? made.value : []), matrixOutcomeDraft(where, { of: entry.position, ...outcome })]);
  }

  #openRoom(showing: Showing): Promise<Result<RoomId, RoomFailure>> {
    const { portal, task, mayRepeat } = showing;
    const line = this.#deps.lines.find((known) => known.id === portal.line);
    if (portal.room !== undefined) return Promise.resolve(ok(portal.room));
    if (line === undefined) throw new Error(`line ${portal.line} is no longer in the config`);
    const look = mustLook(portal, { position: task.position, attempts: task.attempts, mayRepeat });
    return this.#rooms({ portal, line, look });
  }
}

function isRoomGone(failure: RoomFailure): boolean {
  return failure.kind !== 'encrypted' && isGone(failure);
}
