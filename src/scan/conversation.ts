/** A socket to a scanner: written without outrunning it, read by lines and lengths, and over in time whatever happens. */
import net from 'node:net';
import type { Clock } from '../core/clock.ts';

export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** Not read from the socket while so much waits for its reader. */
const HELD_BYTES = 256 * 1024;
/** No line and no piece is longer. */
const MOST_BYTES = 1024 * 1024;

export interface Talking {
  readonly clock: Clock;
  /** For all of it. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

export class Conversation implements Disposable {
  readonly #socket: net.Socket;
  readonly #stop: () => void;
  #held = Buffer.alloc(0);
  #over: Error | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: net.Socket, { clock, ms, signal }: Talking) {
    this.#socket = socket;
    const end = (why: string) => (): void => {
      socket.destroy(new Error(why));
    };
    const aborted = end('stopped');
    const cancel = clock.after(ms, end('no answer in time'));
    signal.addEventListener('abort', aborted);
    this.#stop = () => {
      cancel();
      signal.removeEventListener('abort', aborted);
    };
    socket.on('data', (piece: Buffer) => {
      this.#hold(piece);
    });
    socket.on('error', (error) => {
      this.#ended(error);
    });
    socket.on('close', () => {
      this.#ended(new Error('it hung up'));
    });
    if (signal.aborted) aborted();
  }

  /** @throws the socket's error */
  static async open(place: Place, talking: Talking): Promise<Conversation> {
    const socket = net.connect('path' in place ? { path: place.path } : { host: place.host, port: place.port });
    const conversation = new Conversation(socket, talking);
    try {
      await conversation.#connected();
      return conversation;
    } catch (error) {
      conversation[Symbol.dispose]();
      throw error;
    }
  }

  /** Something came that nobody read yet: whoever is writing may stop. */
  get answered(): boolean {
    return this.#held.length > 0;
  }

  /** Resolves when more can be written. @throws when the other side is gone */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.#over !== undefined) throw this.#over;
    if (this.#socket.write(bytes)) return;
    await this.#until(() => !this.#socket.writableNeedDrain);
  }

  /** Up to `end` and without it. @throws when it doesn't come */
  async upTo(end: string): Promise<string> {
    await this.#until(() => this.#held.includes(end));
    const at = this.#held.indexOf(end);
    const line = this.#take(at).toString('latin1');
    this.#take(end.length);
    return line;
  }

  /** @throws when they don't come */
  async bytes(length: number): Promise<Uint8Array> {
    await this.#until(() => this.#held.length >= length);
    return this.#take(length);
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#socket.destroy();
  }

  #connected(): Promise<void> {
    let connected = false;
    this.#socket.once('connect', () => {
      connected = true;
      this.#wake();
    });
    this.#socket.on('drain', () => {
      this.#wake();
    });
    return this.#until(() => connected);
  }

  /** What is there is given even when the other side is gone by now. */
  async #until(there: () => boolean): Promise<void> {
    while (!there()) {
      if (this.#over !== undefined) throw this.#over;
      if (this.#held.length > MOST_BYTES) this.#socket.destroy(new Error('it says too much'));
      else this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #hold(piece: Buffer): void {
    this.#held = Buffer.concat([this.#held, piece]);
    if (this.#held.length > HELD_BYTES) this.#socket.pause();
    this.#wake();
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  #ended(error: Error): void {
    this.#over ??= error;
    this.#wake();
  }
}
