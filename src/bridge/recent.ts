/** Remembers the newest few of something; what is older is forgotten. */
export class Recent<K, V> {
  readonly #max: number;
  readonly #held = new Map<K, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: K): V | undefined {
    return this.#held.get(key);
  }

  set(key: K, value: V): void {
    this.#held.delete(key);
    this.#held.set(key, value);
    if (this.#held.size <= this.#max) return;
    const oldest = this.#held.keys().next();
    if (oldest.done !== true) this.#held.delete(oldest.value);
  }

  clear(): void {
    this.#held.clear();
  }

  delete(key: K): void {
    this.#held.delete(key);
  }
}
