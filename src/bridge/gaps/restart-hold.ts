/**
 * After a sign that the homeserver was restarted nothing goes out of a portal until its room has been looked at: what
 * staff wrote before the crash may still be missing, and must not be overtaken by what they write after it. The look has a
 * minute from when the homeserver answers again, however long that takes to start; one that can't be made holds nobody up
 * for longer than five. Nothing is counted against what waits.
 */
import type { Clock } from '../../core/clock.ts';
import type { RoomId } from '../../core/ids.ts';
import { Recent } from '../recent.ts';

/** How long a room waits for its look, by the clock that never goes back: from when it could begin, or its first message. */
export const holdMs = 60_000;
/** And in all, from its first message on, whatever the homeserver does: less than would make an answer a late one. */
export const holdMostMs = 300_000;
/** Rooms that wait at the same time; what is written in a further one goes out at once. */
export const heldMax = 20_000;
/** Rooms that were looked at since the last sign; of a forgotten one the next message waits for the end of the look. */
const LOOKED_MAX = 20_000;

interface HeldRoom {
  /** When its first message came. */
  readonly since: number;
  /** Undefined once its time is over: it waits no second time for the same look. */
  waiting: PromiseWithResolvers<undefined> | undefined;
}

/** A look that began after a sign; of one that began before the newest sign nothing counts. */
export type HoldMark = number;

export interface RestartHoldOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** A sign before this process of which no look has come to its end. */
  readonly open: boolean;
  /** Remembers whether there is such a sign, for the next start; never throws. */
  readonly note: (open: boolean) => void;
}

export class RestartHold {
  readonly #options: RestartHoldOptions;
  /** In the order in which their time is over. */
  readonly #rooms = new Map<RoomId, HeldRoom>();
  readonly #looked = new Recent<RoomId, true>(LOOKED_MAX);
  #open: boolean;
  #mark: HoldMark = 0;
  /** When the homeserver first answered after the newest sign. */
  #answeredAt: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: RestartHoldOptions) {
    this.#options = options;
    this.#open = options.open;
  }

  /** The homeserver may have been restarted just now. */
  sign(): void {
    this.#mark += 1;
    this.#looked.clear();
    this.#answeredAt = undefined;
    this.#arm();
    if (this.#open) return;
    this.#open = true;
    this.#options.note(true);
  }

  /** The homeserver answered a ping: a look can be made. */
  answered(): void {
    if (!this.#open || this.#answeredAt !== undefined) return;
    this.#answeredAt = this.#options.clock.monotonic();
    this.#arm();
  }

  /** Resolves when what was written in `room` may go out; undefined when it may now. */
  until(room: RoomId): Promise<undefined> | undefined {
    if (!this.#open || this.#looked.get(room) === true) return undefined;
    const held = this.#rooms.get(room) ?? this.#hold(room);
    return held?.waiting?.promise;
  }

  /** Rooms in which something waits: they are looked at first. */
  waiting(): readonly RoomId[] {
    return [...this.#rooms].filter(([, { waiting }]) => waiting !== undefined).map(([room]) => room);
  }

  mark(): HoldMark {
    return this.#mark;
  }

  /** What was missing in these rooms is on record, by a look that began at `mark`. */
  looked(rooms: readonly RoomId[], mark: HoldMark): void {
    if (!this.#open || mark !== this.#mark) return;
    for (const room of rooms) {
      this.#looked.set(room, true);
      this.#rooms.get(room)?.waiting?.resolve(undefined);
      this.#rooms.delete(room);
    }
  }

  /** A look of the whole homeserver that began at `mark` came to its end. */
  over(mark: HoldMark): void {
    if (!this.#open || mark !== this.#mark) return;
    this.#open = false;
    this.#options.note(false);
    this.stop();
  }

  /** Lets everything go. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const { waiting } of this.#rooms.values()) waiting?.resolve(undefined);
    this.#rooms.clear();
    this.#looked.clear();
  }

  #hold(room: RoomId): HeldRoom | undefined {
    if (this.#rooms.size >= heldMax) return undefined;
    const held = { since: this.#options.clock.monotonic(), waiting: Promise.withResolvers<undefined>() };
    this.#rooms.set(room, held);
    if (this.#cancel === undefined) this.#arm();
    return held;
  }

  /** One timer, for the room that has waited longest. */
  #arm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const next = [...this.#rooms.values()].find(({ waiting }) => waiting !== undefined);
    if (next === undefined) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.max(0, this.#until(next) - clock.monotonic()), () => {
      this.#cancel = undefined;
      this.#letGo();
      this.#arm();
    });
  }

  /** Never later for a room that waits longer. */
  #until({ since }: HeldRoom): number {
    const most = since + holdMostMs;
    return this.#answeredAt === undefined ? most : Math.min(Math.max(this.#answeredAt, since) + holdMs, most);
  }

  #letGo(): void {
    const now = this.#options.clock.monotonic();
    for (const held of this.#rooms.values()) {
      if (this.#until(held) > now) break;
      held.waiting?.resolve(undefined);
      held.waiting = undefined;
    }
  }
}
