/**
 * Who waits for the budget of marks, and who is next. What a person must read comes before marks, marks of the newest
 * message before those of older ones; and while both wait, a share of the events is the marks'.
 */

/** What waits: words that a person must read, or only a mark, on a message of this age or on others before it. */
export type Urgency = { readonly is: 'to-read' } | { readonly is: 'mark'; readonly newest: number };

/** Rooms that wait with a mark; more are told to ask again when half of these are through. */
const MARKS_MAX = 20_000;
/** Rooms that wait with something to read. */
const TO_READ_MAX = 5_000;
/** While marks wait too, so many events to read come before one event of a mark. */
const TO_READ_FIRST = 3;

export interface Place {
  readonly who: string;
  readonly events: number;
  readonly urgency: Urgency;
  readonly turn: PromiseWithResolvers<undefined>;
}
type Asked = Omit<Place, 'turn'>;

/** Places in one order of asking, and those who found none free. */
class Places {
  readonly held = new Map<string, Place>();
  readonly #max: number;
  #half: PromiseWithResolvers<undefined> | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** Ends when it is their turn or, where no place is free, when half of the places are. */
  put(place: Place): Promise<undefined> {
    if (this.held.size >= this.#max && !this.held.has(place.who)) {
      this.#half ??= Promise.withResolvers<undefined>();
      return this.#half.promise;
    }
    this.held.set(place.who, place);
    return place.turn.promise;
  }

  take(who: string): void {
    this.held.delete(who);
    if (this.held.size > this.#max / 2) return;
    this.#half?.resolve(undefined);
    this.#half = undefined;
  }

  clear(): void {
    for (const place of this.held.values()) place.turn.resolve(undefined);
    this.held.clear();
    this.take('');
  }
}

export class MarkQueue {
  readonly #toRead: Places;
  readonly #marks: Places;
  /** Events to read that came before the marks which wait, less what the marks had in turn. */
  #ahead = 0;

  constructor(max = { toRead: TO_READ_MAX, marks: MARKS_MAX }) {
    this.#toRead = new Places(max.toRead);
    this.#marks = new Places(max.marks);
  }

  get isEmpty(): boolean {
    return this.#toRead.held.size + this.#marks.held.size === 0;
  }

  /** A place for `who`, or the one they have: what became more urgent since moves up. */
  place(asked: Asked): Promise<undefined> {
    const { who, urgency } = asked;
    const toRead = this.#toRead.held.get(who);
    if (toRead !== undefined) return toRead.turn.promise;
    const mark = this.#marks.held.get(who);
    const place = { ...asked, turn: mark?.turn ?? Promise.withResolvers<undefined>() };
    if (urgency.is === 'mark') return this.#marks.put(mark === undefined ? place : newer(mark, place));
    if (mark !== undefined) this.#marks.take(who);
    return this.#toRead.put(place);
  }

  /** Undefined when nobody waits. */
  next(): Place | undefined {
    const [toRead] = this.#toRead.held.values();
    const waits = this.#marks.held.size > 0;
    if (toRead !== undefined && !(waits && this.#ahead >= TO_READ_FIRST)) return toRead;
    return newestOf(this.#marks.held.values()) ?? toRead;
  }

  /** The place's turn has come. */
  served(place: Place): void {
    const both = this.#toRead.held.size > 0 && this.#marks.held.size > 0;
    const step = place.urgency.is === 'to-read' ? place.events : -TO_READ_FIRST * place.events;
    this.#ahead = both ? this.#ahead + step : 0;
    for (const places of [this.#toRead, this.#marks]) if (places.held.get(place.who) === place) places.take(place.who);
    place.turn.resolve(undefined);
  }

  /** Everybody's turn has come. */
  clear(): void {
    this.#toRead.clear();
    this.#marks.clear();
  }
}

function newer(known: Place, asked: Place): Place {
  if (known.urgency.is !== 'mark' || asked.urgency.is !== 'mark') return asked;
  const newest = Math.max(known.urgency.newest, asked.urgency.newest);
  return { ...asked, urgency: { is: 'mark', newest } };
}

/** Of equally new ones, the one that asked first. */
function newestOf(places: Iterable<Place>): Place | undefined {
  let found: Place | undefined;
  let newest = -Infinity;
  for (const place of places) {
    if (place.urgency.is !== 'mark' || place.urgency.newest <= newest) continue;
    found = place;
    newest = place.urgency.newest;
  }
  return found;
}
