/** Files that customers fetch by links: again and again until they have each. */
import { hashOf } from '../traffic.ts';

export class LinkedFiles {
  /** SHA-256 in hex by the link; empty while it is being fetched. */
  readonly #hashes = new Map<string, string>();

  /** Undefined until it has been fetched; what failed is tried again at the next look. */
  at(link: string): string | undefined {
    const known = this.#hashes.get(link);
    if (known !== undefined) return known === '' ? undefined : known;
    this.#hashes.set(link, '');
    fetchOf(link).then(
      (bytes) => this.#hashes.set(link, hashOf(bytes)),
      () => this.#hashes.delete(link),
    );
    return undefined;
  }
}

async function fetchOf(link: string): Promise<Uint8Array> {
  const answer = await fetch(link);
  if (!answer.ok) throw new Error(`${link} was answered ${String(answer.status)}`);
  return new Uint8Array(await answer.arrayBuffer());
}
