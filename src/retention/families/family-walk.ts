/** Families of records, each walked once: from any of its records up to the message and down to all that belongs to it. */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { ErasingView } from '../../journal/projection.ts';
import { EntryDamaged } from '../../journal/opener.ts';
import { linksOf } from './links.ts';
import { speakingOf, type ReceiptOf } from './link-store.ts';

export interface Looking<T> {
  /** Asked of each record of a family that can be opened, once. */
  readonly look: (entry: Entry) => Promise<readonly T[]>;
  /** Found where somebody changed a record so that it can't be opened: nobody knows what it said. */
  readonly damaged: readonly T[];
  readonly receiptOf: ReceiptOf;
}

/**
 * What is found in whole families, for a batch of records: what `look` says of one of them is said of all. Memory grows
 * with the families' positions; their texts are looked at and let go.
 */
export class FamilyWalk<T> {
  readonly #view: ErasingView;
  readonly #looking: Looking<T>;
  readonly #found = new Map<Position, Set<T>>();

  constructor(view: ErasingView, looking: Looking<T>) {
    this.#view = view;
    this.#looking = looking;
  }

  /** Found in the family of `entry`, and in those of the records that it mentions. */
  async of(entry: Entry): Promise<ReadonlySet<T>> {
    const found = new Set(await this.#family(entry.position));
    for (const position of new Set(linksOf(entry).mentions)) {
      for (const one of await this.#family(position)) found.add(one);
    }
    return found;
  }

  async #family(position: Position): Promise<ReadonlySet<T>> {
    const known = this.#found.get(position);
    if (known !== undefined) return known;
    const found = new Set<T>();
    this.#found.set(position, found);
    const waiting = [position];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const member = await this.#open(next, found);
      if (member !== undefined) await this.#step(member, found, waiting);
    }
    return found;
  }

  async #open(position: Position, found: Set<T>): Promise<Entry | undefined> {
    try {
      const [entry] = await this.#view.open([position]);
      // One that is erased holds no family together: whoever mentions it is not of those that it once belonged to.
      if (entry === undefined) this.#found.set(position, new Set());
      return entry;
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      for (const one of this.#looking.damaged) found.add(one);
      return undefined;
    }
  }

  /** Looks at one member, and notes those that nobody has seen. */
  async #step(entry: Entry, found: Set<T>, waiting: Position[]): Promise<void> {
    for (const one of await this.#looking.look(entry)) found.add(one);
    const note = (position: Position): void => {
      if (this.#found.has(position)) return;
      this.#found.set(position, found);
      waiting.push(position);
    };
    for (const position of await this.#spokenOf(entry)) note(position);
    for await (const page of speakingOf(entry, this.#view.reading)) for (const position of page) note(position);
  }

  async #spokenOf(entry: Entry): Promise<readonly Position[]> {
    const { of, events } = linksOf(entry);
    const ofEvents = await Promise.all(events.map((event) => this.#view.ofEvent(event)));
    if (entry.kind !== 'network.receipt') return [...of, ...ofEvents.flat()];
    const message = await this.#looking.receiptOf(entry, this.#view.reading, this.#view.sealer);
    return message === undefined ? of : [...of, message];
  }
}
