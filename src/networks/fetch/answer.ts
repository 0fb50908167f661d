/** An answer with its limit: what is packed counts by what it unpacks to. */
import zlib from 'node:zlib';
import { Readable } from 'node:stream';
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import { parseJson } from '../../core/json.ts';
import type { Arrival, Head } from './arrival.ts';

const unpackers: Readonly<Record<string, () => zlib.Gunzip | zlib.BrotliDecompress | zlib.Inflate>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

interface Told {
  readonly where: string;
  /** HEAD: no body follows, whatever length is named. */
  readonly bodiless: boolean;
  readonly maxBytes: number;
}

export class Answer implements FetchAnswer {
  readonly status: number;
  readonly #head: Head;
  readonly #arrival: Arrival;
  readonly #told: Told;

  constructor(head: Head, arrival: Arrival, told: Told) {
    this.status = head.status;
    this.#head = head;
    this.#arrival = arrival;
    this.#told = told;
  }

  header(name: string): string | undefined {
    const value = this.#head.headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    const { maxBytes, bodiless } = this.#told;
    const packed = this.#packed();
    if (!bodiless && packed === undefined && Number(this.header('content-length') ?? 0) > maxBytes) this.#tooLarge();
    let size = 0;
    for await (const piece of packed === undefined ? this.#arrival.pieces() : this.#unpacked(packed)) {
      size += piece.length;
      if (size > maxBytes) this.#tooLarge();
      yield piece;
    }
  }

  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pieces()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async json(): Promise<unknown> {
    const text = Buffer.from(await this.bytes()).toString('utf8');
    return parseJson(text.replace(/^\uFEFF/u, ''));
  }

  /** Packings are not asked for, and some send them all the same. */
  #packed(): string | undefined {
    const named = this.header('content-encoding')?.trim().toLowerCase() ?? '';
    return named === '' || named === 'identity' ? undefined : named;
  }

  /** What comes out is taken before more goes in: a small answer that unpacks to gigabytes is stopped at the limit. */
  async *#unpacked(packing: string): AsyncIterable<Uint8Array> {
    const unpack = Object.hasOwn(unpackers, packing) ? unpackers[packing]?.() : undefined;
    if (unpack === undefined) {
      this.#arrival.drop();
      throw new FetchFailed('unclear', `${this.#told.where}: packed in a way that was not asked for`);
    }
    const source = Readable.from(this.#arrival.pieces(), { objectMode: true });
    source.on('error', (error) => unpack.destroy(error));
    source.pipe(unpack);
    try {
      for await (const piece of unpack) if (piece instanceof Uint8Array) yield piece;
    } catch (error) {
      if (error instanceof FetchFailed) throw error;
      throw new FetchFailed('unclear', `${this.#told.where}: can't be unpacked`, { cause: error });
    } finally {
      source.destroy();
      unpack.destroy();
      this.#arrival.drop();
    }
  }

  #tooLarge(): never {
    this.#arrival.drop();
    const { where, maxBytes } = this.#told;
    throw new FetchFailed('too-large', `${where}: more than ${maxBytes} bytes`);
  }
}
