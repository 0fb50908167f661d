/** Who said what just before, as a back-test comes by: the store that the gate asks remembers only the newest. */
import type { Entry } from '../../core/entry.ts';
import { placeOf, senderOf } from '../judging/said-store.ts';

const MOST_PLACES = 1_000;
const MOST_EACH = 10;

export class SaidLately {
  /** By sender and place; who spoke longest ago comes first. */
  readonly #said = new Map<string, readonly Entry[]>();

  /** Newest first. */
  before(entry: Entry): readonly Entry[] {
    return this.#said.get(keyOf(entry)) ?? [];
  }

  add(entry: Entry): void {
    const key = keyOf(entry);
    const said = [entry, ...this.before(entry)].slice(0, MOST_EACH);
    this.#said.delete(key);
    this.#said.set(key, said);
    const [oldest] = this.#said.keys();
    if (this.#said.size > MOST_PLACES && oldest !== undefined) this.#said.delete(oldest);
  }
}

function keyOf(entry: Entry): string {
  return `${placeOf(entry) ?? ''} ${senderOf(entry) ?? ''}`;
}
