/**
 * Entry keys made ahead of use, a block at a time, on disk before the first of them is used: so an append needs one
 * fsync, and no entry is ever sealed with a key that a crash could lose.
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Position } from '../../core/ids.ts';
import type { Writing } from '../../storage/database.ts';
import type { KeyRing } from './key-ring.ts';
import { addEntryKey, entryKey, entryKeysBetween } from './key-store.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

const BLOCK = 1024;
const KEY_BYTES = 32;

export class KeyStock {
  readonly #ring: Pick<KeyRing, 'wrap' | 'database'>;
  readonly #keys = new Map<number, KeyObject>();
  /** The last position that has a key in `#keys`; 0 before the first block. */
  #until = 0;

  constructor(ring: Pick<KeyRing, 'wrap' | 'database'>) {
    this.#ring = ring;
  }

  /**
   * Makes sure that every position from `from` to `from + count - 1` has a key on disk.
   * @throws DatabaseDown when they can't be stored.
   */
  async reserve(from: Position, count: number): Promise<void> {
    this.#until = Math.max(this.#until, from - 1);
    while (this.#until < from + count - 1) await this.#block(this.#until + 1);
  }

  /** True when the next block should be made, at a moment when nobody waits. */
  isLow(next: Position): boolean {
    return this.#until - next < BLOCK / 2;
  }

  /** Makes one more block. @throws DatabaseDown when it can't be stored. */
  async extend(next: Position): Promise<void> {
    await this.reserve(next, Math.max(this.#until - next + 2, 1));
  }

  /** The key reserved for `position`. */
  key(position: Position): KeyObject {
    const key = this.#keys.get(position);
    if (key === undefined) throw new Error(`no key was reserved for position ${position}`);
    return key;
  }

  /** Everything before `next` is committed: those keys are not needed here any more. */
  usedBefore(next: Position): void {
    for (const position of this.#keys.keys()) {
      if (position >= next) return;
      this.#keys.delete(position);
    }
  }

  async #block(from: number): Promise<void> {
    const to = from + BLOCK - 1;
    const keys = await this.#ring.database.write((writing) => this.#make(from, to, writing));
    for (const [position, key] of keys) this.#keys.set(position, key);
    this.#until = to;
  }

  /**
   * Keys that an earlier process made and did not use are used now; the same holds where another process, on
   * PostgreSQL, makes some of this block at the same time: the first one counts.
   */
  async #make(from: number, to: number, writing: Writing): Promise<Map<number, KeyObject>> {
    const found = await writing.all(entryKeysBetween, { from, to });
    const keys = new Map(found.map((row) => [row.position, this.#opened(row.wrapped)]));
    const fresh = randomBytes((to - from + 1) * KEY_BYTES);
    for (let position = from; position <= to; position += 1) {
      if (keys.has(position)) continue;
      const key = fresh.subarray((position - from) * KEY_BYTES, (position - from + 1) * KEY_BYTES);
      const added = await writing.run(addEntryKey, { position, wrapped: wrapKey(this.#ring.wrap, key) });
      keys.set(position, added === 1 ? createSecretKey(key) : await this.#stored(position, writing));
    }
    fresh.fill(0);
    // In the order of positions: `usedBefore` stops at the first that is still needed.
    return new Map([...keys].sort(([a], [b]) => a - b));
  }

  async #stored(position: number, writing: Writing): Promise<KeyObject> {
    const row = await writing.get(entryKey, { position });
    if (row === undefined) throw new Error(`the key of position ${position} vanished while it was made`);
    return this.#opened(row.wrapped);
  }

  #opened(wrapped: Uint8Array): KeyObject {
    const key = unwrapKey(this.#ring.wrap, wrapped);
    if (key === undefined) throw new Error('an entry key in keys.db is damaged: restore a backup of keys.db');
    return createSecretKey(key);
  }
}
