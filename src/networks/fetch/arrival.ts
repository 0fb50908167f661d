/** One request on its way, and its answer as it arrives: held back while nobody takes it. */
import type { Dispatcher } from 'undici';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';

/** Of an answer that nobody takes; more is not read from the socket. */
const HELD_BYTES = 256 * 1024;

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export class Arrival implements Dispatcher.DispatchHandler {
  /** Resolves when the answer begins. @throws FetchFailed */
  readonly head: Promise<Head>;
  readonly #head = Promise.withResolvers<Head>();
  readonly #where: string;
  readonly #signal: AbortSignal;
  /** As many as asked: two. */
  readonly #whenOver: (() => void)[] = [];
  /** Bounded by `HELD_BYTES` and one piece. */
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #end: 'whole' | FetchFailed | undefined;
  #wake: () => void = () => undefined;

  /** Given up when `signal` is aborted, for its reason. */
  constructor(where: string, signal: AbortSignal) {
    this.#where = where;
    this.#signal = signal;
    this.head = this.#head.promise;
    if (signal.aborted) this.#late();
    else signal.addEventListener('abort', this.#late);
  }

  /** Calls back once nothing more comes. */
  whenOver(callback: () => void): void {
    if (this.#end === undefined) this.#whenOver.push(callback);
    else callback();
  }

  /** Just before the first byte of the request is written: until then it is certainly unsent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#end !== undefined) controller.abort(new Error('nobody waits for it'));
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Head['headers']): void {
    if (status >= 200) this.#head.resolve({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#held > HELD_BYTES) controller.pause();
    this.#wake();
  }

  onResponseEnd(): void {
    this.#finish('whole');
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    this.#fail(this.#controller === undefined ? `no connection (${code})` : `the connection broke (${code})`, error);
  }

  /** Nobody wants the rest. */
  drop(): void {
    if (this.#end !== undefined) return;
    this.#finish(new FetchFailed('unclear', `${this.#where}: left early`));
    this.#controller?.abort(new Error('nobody waits for it'));
  }

  /** Ends the connection when left before the end. @throws FetchFailed */
  async *pieces(): AsyncIterable<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          this.#taken(piece.length);
          yield piece;
        } else if (this.#end === 'whole') return;
        else if (this.#end !== undefined) throw this.#end;
        else await this.#more();
      }
    } finally {
      this.drop();
    }
  }

  #taken(bytes: number): void {
    this.#held -= bytes;
    if (this.#held <= HELD_BYTES && this.#controller?.paused === true) this.#controller.resume();
  }

  #more(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => {
      resolve(undefined);
    };
    return promise;
  }

  readonly #late = (): void => {
    this.#fail(String(this.#signal.reason));
    this.#controller?.abort(new Error('nobody waits for it'));
  };

  #fail(detail: string, cause?: Error): void {
    const kind = this.#controller === undefined ? 'unsent' : 'unclear';
    this.#finish(new FetchFailed(kind, `${this.#where}: ${detail}`, cause === undefined ? {} : { cause }));
  }

  #finish(end: 'whole' | FetchFailed): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#signal.removeEventListener('abort', this.#late);
    if (end !== 'whole') {
      this.#pieces.length = 0;
      this.#head.reject(end);
      this.head.catch(() => undefined);
    }
    this.#wake();
    for (const callback of this.#whenOver.splice(0)) callback();
  }
}
