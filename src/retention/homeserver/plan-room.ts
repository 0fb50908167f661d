/**
 * What of one room may go on the homeserver, decided from the events that it lists, oldest first, and what the record says
 * of each. The homeserver purges by order alone, so the first event that must stay ends what may go.
 */
import type { EventId } from '../../core/ids.ts';
import type { ListedEvent } from '../../core/ports/homeserver-erasing.ts';

/** `gone`: its record is erased. `none`: no record holds it, so it is deleted nowhere. */
export type OnRecord = 'gone' | 'stays' | 'none';

/** Why something behind it can't go: a record that stays, an event that is not on record, or nothing. */
export type Stop = 'stays' | 'not-captured' | 'last-message';

export type RoomPlan =
  /** Nothing lies before what has to stay. */
  | { readonly do: 'nothing'; readonly stop: Stop }
  /** The room with all that is in it. */
  | { readonly do: 'whole' }
  /** What is older than this event; it stays itself. */
  | { readonly do: 'history'; readonly before: EventId; readonly stop: Stop };

export class RoomPlanner {
  #gone = 0;
  /** Of these, the newest one: it may be the room's last event. */
  #lastIsGone = false;
  #last: EventId | undefined;
  #stop: { readonly at: EventId; readonly why: Stop } | undefined;
  #hasUnknownState = false;

  /** False once nothing that comes later changes the plan. */
  add({ id, isState }: ListedEvent, onRecord: OnRecord): boolean {
    this.#last = id;
    this.#lastIsGone = !isState && onRecord === 'gone';
    // The homeserver keeps state events whatever is purged, so that none of them stands in the way of the others.
    if (isState) this.#hasUnknownState ||= onRecord === 'none';
    else if (onRecord === 'gone') this.#gone += 1;
    else this.#stop = { at: id, why: onRecord === 'none' ? 'not-captured' : 'stays' };
    return this.#stop === undefined;
  }

  /**
   * `mayGoWhole`: nobody needs the room, and every record of it is erased or over. A room that is used keeps its last
   * event: without one nothing can be sent in it.
   */
  plan({ mayGoWhole }: { readonly mayGoWhole: boolean }): RoomPlan {
    if (this.#stop !== undefined) return this.#before(this.#stop.at, this.#gone, this.#stop.why);
    if (mayGoWhole && !this.#hasUnknownState) return { do: 'whole' };
    const beforeLast = this.#gone - (this.#lastIsGone ? 1 : 0);
    return this.#before(this.#last, beforeLast, 'last-message');
  }

  #before(before: EventId | undefined, gone: number, stop: Stop): RoomPlan {
    return before === undefined || gone === 0 ? { do: 'nothing', stop } : { do: 'history', before, stop };
  }
}
