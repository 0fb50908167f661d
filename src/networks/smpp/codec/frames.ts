/** Cuts a TCP stream into PDUs by command_length, however it is split or joined on the way. */

/** Far above any PDU of a text; a larger length is another protocol or garbage. */
export const maxFrameOctets = 65_536;

export class FrameReader {
  #chunks: Buffer[] = [];
  #held = 0;
  #lost = false;

  /** True once the boundary of the next PDU can't be known any more: the connection has to go. */
  get lost(): boolean {
    return this.#lost;
  }

  /** The whole PDUs that `chunk` completes. */
  push(chunk: Buffer): Buffer[] {
    if (this.#lost) return [];
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: Buffer[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) frames.push(next);
    return frames;
  }

  #next(): Buffer | undefined {
    if (this.#held < 4) return undefined;
    const length = this.#join(4).readUInt32BE(0);
    if (length < 16 || length > maxFrameOctets) {
      this.#lost = true;
      this.#chunks = [];
      this.#held = 0;
      return undefined;
    }
    if (this.#held < length) return undefined;
    const all = this.#join(length);
    this.#chunks = all.length === length ? [] : [all.subarray(length)];
    this.#held -= length;
    return all.subarray(0, length);
  }

  /** At least `octets` in one piece: joined only when needed, so that one octet at a time stays cheap. */
  #join(octets: number): Buffer {
    const first = this.#chunks[0] ?? Buffer.alloc(0);
    if (first.length >= octets) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
