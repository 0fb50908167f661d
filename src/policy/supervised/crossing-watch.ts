/**
 * Looks whether people whom a barrier keeps apart are in one room, in whatever way they came there: an admin of the server,
 * a room's own beginning, another server, a time when nobody was asked, a barrier that is newer than they. A room is looked
 * at when somebody came or went, and all of them at the start, when a group has changed, and every few minutes. What is found goes on record once, and
 * its end too; compliance is told by a task that follows. Killed anywhere, the next look at all of them finds the same.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf } from '../../core/entry.ts';
import { parseUserId, type EventId, type RoomId, type UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Log } from '../../core/ports/log.ts';
import { Rounds } from '../../core/rounds.ts';
import type { Journal } from '../../journal/journal.ts';
import { isHeld, isKnown, type Barrier, type Barriers } from '../presend/barriers.ts';
import { crossingsIn, type Arrival, type CrossingBody } from './crossings.ts';
import { openCrossings } from './supervised-store.ts';

export interface CrossingWatchOptions {
  readonly journal: Pick<Journal, 'append' | 'views'>;
  readonly barriers: Barriers;
  /** Rooms that any of these people is in or invited to. */
  readonly roomsOf: (users: readonly UserId[]) => Promise<readonly RoomId[]>;
  readonly membersOf: (room: RoomId) => Promise<readonly UserId[]>;
  /** Where people of all sides may be: a desk, a portal, a space. */
  readonly isOurRoom: (room: RoomId) => Promise<boolean>;
  readonly clock: Pick<Clock, 'after' | 'now' | 'monotonic'>;
  readonly log: Log;
}

/** A membership as it came on record. */
export interface MemberCame {
  readonly sender?: string;
  readonly event?: {
    readonly event_id: EventId;
    readonly type: string;
    readonly room_id: RoomId;
    readonly state_key?: string;
    readonly content: JsonObject;
  };
}

const LOOK_MS = 2_000;
const ALL_EVERY_MS = 10 * 60_000;
/** Rooms to look at; with more of them, all are looked at. */
const ROOMS_MAX = 1_000;

export class CrossingWatch implements AsyncDisposable {
  readonly #options: CrossingWatchOptions;
  readonly #looks: Rounds;
  #changed = new Map<RoomId, Arrival | undefined>();
  #allAt = 0;
  /** As of the last look; undefined before the first. */
  #barriers: readonly Barrier[] | undefined;
  /** Came before it was known whom a barrier holds. */
  readonly #early: MemberCame[] = [];

  constructor(options: CrossingWatchOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#looks = new Rounds({
      ...{ clock, everyMs: LOOK_MS, round: () => this.look() },
      failed: (error) => {
        // What was not looked at is looked at with all the others.
        this.#allAt = 0;
        log.error('policy.barriers-not-looked-at', {}, error);
      },
    });
  }

  start(): void {
    this.#looks.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#looks[Symbol.asyncDispose]();
  }

  captured(events: readonly MemberCame[]): void {
    const barriers = this.#barriers;
    if (barriers === undefined) {
      const members = events.filter(({ event }) => event?.type === 'm.room.member');
      this.#early.push(...members.slice(0, ROOMS_MAX - this.#early.length));
      return;
    }
    for (const { event, sender } of events) {
      const user = parseUserId(event?.type === 'm.room.member' ? event.state_key : undefined);
      if (event === undefined || !user.ok || !isHeld(barriers, user.value)) continue;
      if (this.#changed.size < ROOMS_MAX) this.#changed.set(event.room_id, arrivalOf(event, user.value, sender));
      else this.#allAt = 0;
    }
  }

  /** @throws JournalDown and what the reading throws; then nothing is on record of it. */
  async look(): Promise<void> {
    const barriers = await this.#takeBarriers();
    const changed = this.#changed;
    this.#changed = new Map();
    const now = this.#options.clock.monotonic();
    if (this.#allAt === 0 || now >= this.#allAt) {
      await this.#lookAt(await this.#allRooms(barriers), barriers, changed);
      this.#allAt = now + ALL_EVERY_MS;
    } else if (changed.size > 0) {
      await this.#lookAt([...changed.keys()], barriers, changed);
    }
  }

  /** Whoever came into a group may be together with others already: then all rooms are looked at. */
  async #takeBarriers(): Promise<readonly Barrier[]> {
    const barriers = await this.#options.barriers();
    if (barriers !== this.#barriers) this.#allAt = 0;
    this.#barriers = barriers;
    this.captured(this.#early.splice(0));
    return barriers;
  }

  async #allRooms(barriers: readonly Barrier[]): Promise<readonly RoomId[]> {
    const { journal, roomsOf } = this.#options;
    const held = new Set(barriers.filter(isKnown).flatMap(({ first, second }) => [...first, ...second]));
    const rooms = held.size === 0 ? [] : await roomsOf([...held]);
    const open = await journal.views.read(openCrossings);
    return [...new Set([...rooms, ...open.map(({ room }) => room)])];
  }

  async #lookAt(
    rooms: readonly RoomId[],
    barriers: readonly Barrier[],
    arrivals: ReadonlyMap<RoomId, Arrival | undefined>,
  ): Promise<void> {
    const { journal, membersOf, isOurRoom } = this.#options;
    const open = await journal.views.read(openCrossings);
    for (const room of rooms) {
      const before = open.filter((crossing) => crossing.room === room);
      const members = (await isOurRoom(room)) ? [] : await membersOf(room);
      const bodies = crossingsIn({ room, members, barriers, open: before, arrival: arrivals.get(room) });
      if (bodies.length > 0) await journal.append(bodies.map((body) => this.#draft(body)));
    }
  }

  #draft(body: CrossingBody): DraftOf<'policy.barrier-crossed'> {
    const at = this.#options.clock.now();
    const id = [body.over ? 'over' : 'crossed', body.room, ...body.barrier, String(at)].join('/');
    return {
      ...{ kind: 'policy.barrier-crossed', at, room: body.room, body },
      source: { system: 'gatehouse', id: `policy.barrier-crossed/${id}`, sure: true },
    };
  }
}

function arrivalOf(
  { event_id: event, content }: NonNullable<MemberCame['event']>,
  user: UserId,
  sender: string | undefined,
): Arrival | undefined {
  const by = parseUserId(sender);
  const { membership } = content;
  if (!by.ok || (membership !== 'invite' && membership !== 'join')) return undefined;
  return { how: membership, event, by: by.value, user };
}
