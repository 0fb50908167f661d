/** One scanner thread, seen from the main thread. It is asked one question at a time, and can be ended in the midst of it. */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { fromScanner, type FromScanner, type ToScanner } from './protocol.ts';

export interface ThreadPlace {
  readonly url: URL;
  /** What its entry needs at once. */
  readonly data: unknown;
  /** MB of its heap; beyond it the thread ends, and nothing else does. */
  readonly heapMb: number;
}

/** A question, and what goes over with it instead of being copied. */
export interface Question {
  readonly message: ToScanner;
  readonly transfer?: readonly ArrayBuffer[];
}

export interface Answering {
  /** Resolves when the thread has ended, for whatever reason. */
  readonly gone: Promise<undefined>;
  /** Why it ended by itself, as a code or the name of an error: its words could quote a text. */
  readonly broken: string | undefined;
  /** Rejects when the thread ends before it has answered. */
  ask(question: Question): Promise<FromScanner>;
  /** Ends it whatever it does. */
  end(): Promise<void>;
}

/**
 * MB. Node gives a thread at its limit a few MB more, in which it has to end; what one collection of the young generation
 * moves must fit in there, or V8 ends the whole process (decision 0027).
 */
const YOUNG_MB = 4;

/**
 * A reader of files may leave a promise behind that is rejected and that nobody waits for, at a damaged PDF for one: that
 * ends no thread, and its words, which could quote the file, are printed nowhere. What fails in our own hands is thrown.
 */
const OPTIONS = ['--unhandled-rejections=none', '--disable-warning=ExperimentalWarning'];

export class ScannerThread implements Answering {
  readonly #worker: Worker;
  readonly #gone = Promise.withResolvers<undefined>();
  #asked: PromiseWithResolvers<FromScanner> | undefined;
  #isGone = false;
  #broken: string | undefined;

  constructor({ url, data, heapMb }: ThreadPlace) {
    this.#worker = new Worker(url, {
      workerData: data,
      execArgv: OPTIONS,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on('message', (message: unknown) => {
      const asked = this.#asked;
      this.#asked = undefined;
      asked?.resolve(fromScanner.parse(message));
    });
    this.#worker.on('error', (error) => {
      this.#broken = nameOf(error);
    });
    this.#worker.on('exit', () => {
      this.#isGone = true;
      this.#asked?.reject(this.#error());
      this.#asked = undefined;
      this.#gone.resolve(undefined);
    });
  }

  get gone(): Promise<undefined> {
    return this.#gone.promise;
  }

  get broken(): string | undefined {
    return this.#broken;
  }

  async ask({ message, transfer = [] }: Question): Promise<FromScanner> {
    if (this.#isGone) throw this.#error();
    if (this.#asked !== undefined) throw new Error('a scanner thread was asked two things at once');
    const asked = Promise.withResolvers<FromScanner>();
    this.#asked = asked;
    this.#worker.postMessage(message, [...transfer]);
    return await asked.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    await this.#gone.promise;
  }

  #error(): Error {
    return new Error(`a scanner thread ended (${this.#broken ?? 'from outside'})`);
  }
}

function nameOf(error: unknown): string {
  const { code, name } = thrown.parse(error);
  return code ?? name ?? 'unknown';
}

/** The other thread may have thrown anything. */
const thrown = z
  .object({ code: z.string().optional().catch(undefined), name: z.string().optional().catch(undefined) })
  .catch({});
