/** Families of records, each walked once: from any of its records up to the message and down to all that belongs to it. */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { ErasingView } from '../../journal/projection.ts';
import { linksOf } from './links.ts';
import { speakingOf, type ReceiptOf } from './link-store.ts';

/** Asked of each record of a family that is on record and not erased, once. */
export type Looking<T> = (entry: Entry) => Promise<readonly T[]>;

/**
 * What is found in whole families, for a batch of records: what `look` says of one of them is said of all. Memory grows
 * with the families' positions; their texts are looked at and let go.
 */
export class FamilyWalk<T> {
  readonly #view: ErasingView;
  readonly #look: Looking<T>;
  readonly #receiptOf: ReceiptOf;
  readonly #found = new Map<Position, ReadonlySet<T>>();

  constructor(view: ErasingView, receiptOf: ReceiptOf, look: Looking<T>) {
    this.#view = view;
    this.#look = look;
    this.#receiptOf = receiptOf;
  }

  /** Found in the family of `entry`, and in those of the records that it mentions. */
  async of(entry: Entry): Promise<ReadonlySet<T>> {
    const found = new Set(await this.#family(entry));
    for (const position of new Set(linksOf(entry).mentions)) {
      const [mentioned] = this.#found.has(position) ? [] : await this.#view.open([position]);
      const known = mentioned === undefined ? this.#found.get(position) : await this.#family(mentioned);
      for (const one of known ?? []) found.add(one);
    }
    return found;
  }

  async #family(entry: Entry): Promise<ReadonlySet<T>> {
    const known = this.#found.get(entry.position);
    if (known !== undefined) return known;
    const found = new Set<T>();
    this.#found.set(entry.position, found);
    const waiting: Position[] = [];
    await this.#step(entry, found, waiting);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [member] = await this.#view.open([next]);
      if (member !== undefined) await this.#step(member, found, waiting);
    }
    return found;
  }

  /** Looks at one member, and notes those that nobody has seen. */
  async #step(entry: Entry, found: Set<T>, waiting: Position[]): Promise<void> {
    for (const one of await this.#look(entry)) found.add(one);
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
    const message = await this.#receiptOf(entry, this.#view.reading, this.#view.sealer);
    return message === undefined ? of : [...of, message];
  }
}
