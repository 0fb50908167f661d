/** How many ids a set has, and a digest of which: equal for equal sets, in whatever order they were seen. */
import { createHash } from 'node:crypto';

const BYTES = 32;

export interface Tally {
  readonly count: number;
  /** SHA-256 of each key, all joined by exclusive or. */
  readonly digest: Uint8Array;
}

export class Tallying implements Tally {
  #count = 0;
  readonly #digest = new Uint8Array(BYTES);

  get count(): number {
    return this.#count;
  }

  get digest(): Uint8Array {
    return this.#digest;
  }

  /** `key` must not be in the set yet: a second time takes it out of the digest. */
  add(key: Uint8Array): void {
    const hash = createHash('sha256').update(key).digest();
    for (const [index, byte] of hash.entries()) this.#digest[index] = (this.#digest[index] ?? 0) ^ byte;
    this.#count += 1;
  }
}

export function tallyOf(keys: Iterable<Uint8Array>): Tally {
  const tallying = new Tallying();
  for (const key of keys) tallying.add(key);
  return tallying;
}

export const noTally: Tally = { count: 0, digest: new Uint8Array(BYTES) };

export function sameTally(a: Tally, b: Tally): boolean {
  return a.count === b.count && Buffer.compare(a.digest, b.digest) === 0;
}
