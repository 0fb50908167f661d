/** The main thread's side of the writer thread. */
import { Worker } from 'node:worker_threads';
import type { Draft } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { JournalDown, type Also, type Appended } from '../../core/ports/recorder.ts';
import { AppendRefused } from '../append-refused.ts';
import type { Committed } from '../journal.ts';
import type { Place } from '../open-writer.ts';
import { fromWriter, type FromWriter, type ToWriter } from './protocol.ts';

/** Drafts on their way to the writer; more wait here, as far as the journal's backlog lets them in. */
const IN_FLIGHT = 4096;

interface Pending {
  readonly weight: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

interface Erasing {
  readonly resolve: (whole: boolean) => void;
  readonly reject: (error: Error) => void;
}

type Append = (ToWriter & { type: 'append' })['appends'][number];

export class WriterClient implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #committed: (committed: Committed) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #erasing = new Map<number, Erasing>();
  /** What goes out with the next message: all that callers give in one turn of the event loop. */
  #outbox: { readonly append: Append; readonly pending: Pending }[] = [];
  #flight = 0;
  #lastId = 0;
  #scheduled = false;
  #down: JournalDown | undefined;
  #closing = false;
  readonly #opened = Promise.withResolvers<undefined>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #broken = Promise.withResolvers<string>();

  private constructor(worker: Worker, committed: (committed: Committed) => void) {
    this.#worker = worker;
    this.#committed = committed;
    worker.on('message', (message: unknown) => {
      this.#receive(fromWriter.parse(message));
    });
    worker.on('error', (error) => {
      this.#fail(`the writer thread broke (${error instanceof Error ? error.name : 'unknown'}): start Gatehouse again`);
    });
    worker.on('exit', () => {
      this.#fail(this.#closing ? 'the journal is closed' : 'the writer thread ended: start Gatehouse again');
      this.#ended.resolve(undefined);
    });
  }

  /** Starts the thread at `url` and waits until it has opened the journal. @throws Error in words for the admin */
  static async start(options: {
    readonly url: URL;
    readonly data?: unknown;
    readonly place: Place;
    readonly committed: (committed: Committed) => void;
  }): Promise<WriterClient> {
    const worker = new Worker(options.url, { workerData: options.data });
    const client = new WriterClient(worker, options.committed);
    client.#post({ type: 'open', place: options.place });
    try {
      await client.#opened.promise;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return client;
  }

  /** Resolves with plain words when the thread or its disk is lost: nothing more can be recorded by this process. */
  get broken(): Promise<string> {
    return this.#broken.promise;
  }

  append(drafts: readonly Draft[], also: Also = {}): Promise<readonly Appended[]> {
    if (this.#down !== undefined) return Promise.reject(this.#down);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const append = { id: this.#lastId, drafts: [...drafts], also };
      this.#outbox.push({ append, pending: { weight: drafts.length + 1, resolve, reject } });
      this.#schedule();
    });
  }

  async eraseKeys(positions: readonly Position[]): Promise<void> {
    await this.#erase((id) => ({ type: 'erase-keys', id, positions: [...positions] }));
  }

  scrub(): Promise<boolean> {
    return this.#erase((id) => ({ type: 'scrub', id }));
  }

  #erase(message: (id: number) => ToWriter): Promise<boolean> {
    if (this.#down !== undefined) return Promise.reject(this.#down);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#erasing.set(this.#lastId, { resolve, reject });
      this.#post(message(this.#lastId));
    });
  }

  /** Everything given so far is committed or refused; the thread ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    if (this.#down === undefined) {
      while (this.#outbox.length > 0 || this.#pending.size + this.#erasing.size > 0) await this.#settled();
      this.#post({ type: 'close' });
    }
    await this.#ended.promise;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const appends: Append[] = [];
    while (this.#outbox.length > 0 && this.#flight < IN_FLIGHT) {
      const next = this.#outbox.shift();
      if (next === undefined) break;
      this.#pending.set(next.append.id, next.pending);
      this.#flight += next.pending.weight;
      appends.push(next.append);
    }
    if (appends.length > 0) this.#post({ type: 'append', appends });
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'opened':
        this.#opened.resolve(undefined);
        return;
      case 'not-opened':
        this.#opened.reject(named(message.name, message.message));
        return;
      case 'committed':
        this.#committed(message.committed);
        return;
      case 'broken':
        this.#giveUp(message.message);
        return;
      case 'closed':
        return;
      default:
        this.#answered(message);
    }
  }

  #answered(message: FromWriter & { type: 'appended' | 'erased' | 'refused' }): void {
    const { id } = message;
    if (message.type === 'appended') this.#taken(id)?.resolve(message.appended);
    else if (message.type === 'erased') this.#erasedBy(id)?.resolve(message.whole);
    else (this.#taken(id) ?? this.#erasedBy(id))?.reject(refusal(message));
  }

  /** Closing the database would write to a disk that has failed: the thread is ended as it is. */
  #giveUp(why: string): void {
    this.#fail(why);
    this.#worker.terminate().then(
      () => undefined,
      () => undefined,
    );
  }

  #taken(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#flight -= pending?.weight ?? 0;
    if (this.#outbox.length > 0) this.#schedule();
    return pending;
  }

  #erasedBy(id: number): Erasing | undefined {
    const erasing = this.#erasing.get(id);
    this.#erasing.delete(id);
    return erasing;
  }

  /** What was under way may be on disk or not; its peers ask again, and what is on record is recognised. */
  #fail(why: string): void {
    this.#down ??= new JournalDown(why);
    this.#opened.reject(this.#down);
    if (!this.#closing) this.#broken.resolve(why);
    for (const { reject } of [...this.#pending.values(), ...this.#erasing.values()]) reject(this.#down);
    for (const { pending } of this.#outbox) pending.reject(this.#down);
    this.#pending.clear();
    this.#erasing.clear();
    this.#outbox = [];
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function refusal(message: FromWriter & { type: 'refused' }): Error {
  if (message.name === 'JournalDown') return new JournalDown(message.message);
  return message.name === 'AppendRefused' ? new AppendRefused(message.message) : new Error(message.message);
}

/** An error of the other thread keeps its name, by which start and doctor know what to say. */
function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
