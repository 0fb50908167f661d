/** Reading and writing the octets of a PDU. Neither ever throws on what the peer sent. */
import { status } from './status.ts';

/** Reads in order. The first thing that does not fit is kept as `failure`; all reads after it give nothing. */
export class OctetReader {
  readonly #bytes: Buffer;
  #at = 0;
  #failure: number | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The command_status that says what is wrong. */
  get failure(): number | undefined {
    return this.#failure;
  }

  get left(): number {
    return this.#failure === undefined ? this.#bytes.length - this.#at : 0;
  }

  /** A big-endian number of 1 to 4 octets. */
  uint(octets: 1 | 2 | 4): number {
    if (!this.#has(octets, status.invalidCommandLength)) return 0;
    const value = this.#bytes.readUIntBE(this.#at, octets);
    this.#at += octets;
    return value;
  }

  octets(length: number, otherwise: number): Buffer {
    if (!this.#has(length, otherwise)) return Buffer.alloc(0);
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  /** A string that ends with NUL, of at most `max` octets with it. Read as Latin-1, so that no octet is lost. */
  cString(max: number): string {
    if (this.#failure !== undefined) return '';
    const end = this.#bytes.indexOf(0, this.#at);
    if (end === -1 || end - this.#at >= max) {
      this.#failure = status.invalidParameterLength;
      return '';
    }
    const value = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return value;
  }

  #has(length: number, otherwise: number): boolean {
    if (this.#failure !== undefined) return false;
    if (this.#bytes.length - this.#at < length) this.#failure = otherwise;
    return this.#failure === undefined;
  }
}

export class OctetWriter {
  readonly #chunks: Buffer[] = [];

  uint(value: number, octets: 1 | 2 | 4): this {
    const chunk = Buffer.alloc(octets);
    chunk.writeUIntBE(value, 0, octets);
    this.#chunks.push(chunk);
    return this;
  }

  /** Cut at a NUL inside and at `max` octets with the NUL, so that no value can shift what follows it. */
  cString(value: string, max: number): this {
    const nul = value.indexOf('\0');
    const text = (nul === -1 ? value : value.slice(0, nul)).slice(0, max - 1);
    this.#chunks.push(Buffer.from(`${text}\0`, 'latin1'));
    return this;
  }

  octets(value: Uint8Array): this {
    this.#chunks.push(Buffer.from(value));
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
