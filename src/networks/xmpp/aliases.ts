/**
 * Other names of messages: a correction's id for what it corrects, a writer's id in a room for the room's own. Kept in the
 * commit of the message that brought them, so that they outlive this process.
 */
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

/** The oldest is forgotten: what names a message by it then names none. */
const maxAliases = 10_000;
const prefix = 'alias/';

export class Aliases {
  readonly #known = new Map<string, string>();
  #next = 0;
  readonly #keys = new Map<string, string>();

  async load(kv: Kv): Promise<void> {
    const kept = await kv.list(prefix);
    for (const { key, value } of kept.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      const number = Number(key.slice(prefix.length));
      const [name, id] = Buffer.from(value).toString('utf8').split('\n');
      if (!Number.isSafeInteger(number) || name === undefined || id === undefined) continue;
      this.#next = Math.max(this.#next, number + 1);
      this.#keep(name, id, key);
    }
  }

  /** `name` means `id` from now on; commit what it returns. Names and ids with line ends are not kept. */
  note(name: string, id: string): KvEdit[] {
    if (name.includes('\n') || id.includes('\n') || this.#known.get(name) === id) return [];
    const key = `${prefix}${String(this.#next).padStart(12, '0')}`;
    this.#next += 1;
    const old = this.#keys.get(name);
    this.#keep(name, id, key);
    const edits: KvEdit[] = [{ key, value: Buffer.from(`${name}\n${id}`) }];
    if (old !== undefined) edits.push({ key: old, value: null });
    return [...edits, ...this.#evict()];
  }

  get(name: string): string | undefined {
    return this.#known.get(name);
  }

  #keep(name: string, id: string, key: string): void {
    this.#known.delete(name);
    this.#known.set(name, id);
    this.#keys.set(name, key);
  }

  #evict(): KvEdit[] {
    const edits: KvEdit[] = [];
    for (const name of this.#known.keys()) {
      if (this.#known.size <= maxAliases) break;
      const key = this.#keys.get(name);
      if (key !== undefined) edits.push({ key, value: null });
      this.#known.delete(name);
      this.#keys.delete(name);
    }
    return edits;
  }
}
