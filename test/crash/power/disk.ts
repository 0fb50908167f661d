/**
 * A disk with a cache that forgets: it keeps what was synced. Of everything written later a power cut may leave any part,
 * in any order, and of one write any of its sectors.
 */
import { dirname } from 'node:path';
import type { SeededRandom } from '../seeded-random.ts';
import type { Call } from './recording.ts';

const SECTOR = 512;
const ROOM = 64 * 1024;

type Change = Extract<Call, { readonly do: 'write' | 'truncate' }>;

interface File {
  readonly safe: Content;
  later: Change[];
  /** Whether its name would be found again: the folder was synced since it was made. */
  named: boolean;
}

export class ForgetfulDisk {
  readonly #files = new Map<string, File>();

  apply(call: Call): void {
    switch (call.do) {
      case 'create':
        if (this.#files.has(call.file)) return;
        this.#files.set(call.file, { safe: new Content(), later: [], named: false });
        return;
      case 'write':
      case 'truncate':
        this.#at(call.file).later.push(call);
        return;
      case 'sync':
        this.#sync(call.file);
        return;
      case 'remove':
        this.#files.delete(call.file);
        return;
      case 'say':
    }
  }

  /** The files as a power cut right now may leave them. */
  afterPowerCut(random: SeededRandom): ReadonlyMap<string, Buffer> {
    const left = new Map<string, Buffer>();
    // Sometimes all of it is lost, sometimes nearly nothing.
    const kept = random.oneOf([0, 0.3, 0.9]);
    for (const [name, { safe, later, named }] of this.#files) {
      if (!named && random.next() >= kept) continue;
      const content = safe.copy();
      for (const change of later) if (random.next() < kept) content.apply(torn(change, random));
      left.set(name, content.bytes());
    }
    return left;
  }

  /** Of a file its contents, of a folder the names in it. */
  #sync(name: string): void {
    const file = this.#files.get(name);
    if (file === undefined) {
      for (const [path, inFolder] of this.#files) if (dirname(path) === name) inFolder.named = true;
      return;
    }
    for (const change of file.later) file.safe.apply(change);
    file.later = [];
  }

  #at(name: string): File {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`${name} was written and never made`);
    return file;
  }
}

/** A file's bytes, changed in place. */
class Content {
  #bytes = Buffer.alloc(ROOM);
  #length = 0;

  apply(change: Change): void {
    if (change.do === 'truncate') {
      this.#bytes.fill(0, Math.min(change.to, this.#length), this.#length);
      this.#grow(change.to);
      this.#length = change.to;
      return;
    }
    const end = change.at + change.bytes.length;
    this.#grow(end);
    change.bytes.copy(this.#bytes, change.at);
    this.#length = Math.max(this.#length, end);
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  copy(): Content {
    const other = new Content();
    other.apply({ do: 'write', file: '', at: 0, bytes: this.bytes() });
    return other;
  }

  #grow(to: number): void {
    if (to > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(Math.max(to, ROOM))]);
  }
}

/** One in four writes that survive lacks its last sectors. */
function torn(change: Change, random: SeededRandom): Change {
  if (change.do === 'truncate' || random.next() >= 0.25) return change;
  const sectors = Math.ceil(change.bytes.length / SECTOR);
  return { ...change, bytes: change.bytes.subarray(0, Math.floor(random.next() * sectors) * SECTOR) };
}
