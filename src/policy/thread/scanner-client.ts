/** The main thread's side of the scanner threads: one judges messages, another one reads the text of files. */
import type { Clock } from '../../core/clock.ts';
import type { Log, Metrics } from '../../core/ports/log.ts';
import type { EngineFailure } from '../../core/policy-words.ts';
import { failedVerdict } from '../engine/fail-modes.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import type { Compiled, FileText, FileToRead, Scanning } from '../scan.ts';
import type { Verdict } from '../verdict.ts';
import { compileIn, type CompiledThread } from './compiler.ts';
import type { Outcome } from './job.ts';
import { scannerLimits, type ScannerLimits } from './limits.ts';
import { Overruns } from './overruns.ts';
import { postedMessage, weightOf } from './posted-message.ts';
import { ScannerThread, type Answering, type Question } from './scanner-thread.ts';
import { ThreadLane } from './thread-lane.ts';

export interface ScannerOptions {
  /** The thread's entry: `scanner.ts`. */
  readonly url: URL;
  /** Of the HMAC that stands for a value: 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits?: Partial<ScannerLimits>;
}

const nothing = (): void => undefined;
const uncounted: Metrics = { count: nothing, gauge: nothing, observe: nothing };

/** Before any rules were given: nobody has said what is to be done, so nothing is. */
const noRules: RuleSet = { digest: '', rules: [], lexicons: [] };

export class ScannerClient implements Scanning {
  readonly #options: ScannerOptions;
  readonly #limits: ScannerLimits;
  readonly #gate: ThreadLane;
  readonly #slow: ThreadLane;
  readonly #overruns: Overruns;
  readonly #threads = new Set<ScannerThread>();
  #inForce: RuleSet | undefined;
  /** The first set, until it is in force: its fail modes already say what is done. */
  #first: RuleSet | undefined;
  #using: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#limits = { ...scannerLimits, ...options.limits };
    this.#overruns = new Overruns(options.clock);
    this.#gate = this.#lane('gate', this.#limits.messages, () => this.#startGate());
    this.#slow = this.#lane('slow', this.#limits.files, () => this.#startSlow());
  }

  /** Digest of the set that messages are judged by; empty before the first one is ready. */
  get inForce(): string {
    return this.#inForce?.digest ?? '';
  }

  async judge(message: JudgedMessage, context: MessageContext, deadlineMs: number): Promise<Verdict> {
    const rules = this.#inForce ?? this.#first ?? noRules;
    const failed = (why: EngineFailure): Verdict => {
      this.#options.metrics.count('policy_scan_failed', { why });
      return failedVerdict(rules, message, context, why);
    };
    if (this.#inForce === undefined || this.#closed) return failed('not-ready');
    if (this.#overruns.isBarred(message.content)) return failed('took-too-long');
    const outcome = await this.#timed('message', () =>
      this.#gate.run({
        question: () => ({ message: { type: 'judge', message: postedMessage(message), context } }),
        weight: weightOf(message),
        deadlineMs,
        cost: () => {
          if (this.#overruns.note(message.content)) this.#options.log.warn('policy.content-barred');
        },
      }),
    );
    if ('failed' in outcome) return failed(outcome.failed);
    return outcome.answer.type === 'judged' ? outcome.answer.verdict : failed('crashed');
  }

  use(rules: RuleSet): Promise<Compiled> {
    const using = this.#using.then(() => this.#use(rules));
    this.#using = using.catch(() => undefined);
    return using;
  }

  /**
   * Threads of their own, to find out whether the engine can work by a set and what it would say; nothing of them is
   * counted. Whoever asks ends them.
   */
  trial(): ScannerClient {
    return new ScannerClient({ ...this.#options, metrics: uncounted });
  }

  /** `engine`: the thread broke, or too many files wait; it is worth another try. */
  async textOf(file: FileToRead): Promise<FileText> {
    if (file.bytes.byteLength > this.#limits.fileBytes) return { ok: false, why: 'too-large' };
    const outcome = await this.#timed('file', () =>
      this.#slow.run({
        question: () => readQuestion(file),
        weight: file.bytes.byteLength,
        deadlineMs: this.#limits.fileMs,
        patient: true,
      }),
    );
    if ('answer' in outcome && outcome.answer.type === 'text') return outcome.answer.text;
    const tookTooLong = 'failed' in outcome && outcome.failed === 'took-too-long';
    return { ok: false, why: tookTooLong ? 'took-too-long' : 'engine' };
  }

  /** Ends the threads. Whatever waits or runs is answered as the fail modes say; so is whatever comes later. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#gate.close();
    this.#slow.close();
    await Promise.all([...this.#threads].map((thread) => thread.end()));
    await this.#using;
  }

  async #use(rules: RuleSet): Promise<Compiled> {
    if (this.#inForce?.digest === rules.digest) return { ok: true, digest: rules.digest, ms: 0 };
    this.#first ??= rules;
    const made = await this.#compile(rules);
    if (!('thread' in made)) return made.compiled;
    const taken = await this.#gate.swapTo(made.thread, () => {
      this.#inForce = rules;
    });
    if (!taken) return stopping;
    return made.compiled;
  }

  async #compile(rules: RuleSet): Promise<CompiledThread> {
    if (this.#closed) return { compiled: stopping };
    const { gateHeapMb, compileMs } = this.#limits;
    const thread = this.#begin(gateHeapMb);
    const made = await compileIn(thread, rules, { clock: this.#options.clock, ms: compileMs, heapMb: gateHeapMb });
    if (!made.compiled.ok && thread.broken !== undefined) this.#tellLost('spare', 'crashed', thread);
    return made;
  }

  async #startGate(): Promise<ScannerThread> {
    const made = await this.#compile(this.#inForce ?? noRules);
    if ('thread' in made) return made.thread;
    throw new Error('the rules in force could not be got ready again');
  }

  #startSlow(): Promise<ScannerThread> {
    if (this.#closed) return Promise.reject(new Error('Gatehouse is stopping'));
    return Promise.resolve(this.#begin(this.#limits.slowHeapMb));
  }

  #begin(heapMb: number): ScannerThread {
    const thread = new ScannerThread({ url: this.#options.url, data: { key: this.#options.key }, heapMb });
    this.#threads.add(thread);
    thread.gone.then(
      () => this.#threads.delete(thread),
      () => undefined,
    );
    return thread;
  }

  #lane(name: 'gate' | 'slow', limits: ScannerLimits['files'], start: () => Promise<ScannerThread>): ThreadLane {
    const { clock, log, metrics } = this.#options;
    return new ThreadLane({
      ...{ clock, limits, start },
      keepReady: name === 'gate',
      lost: (why, thread) => {
        this.#tellLost(name, why, thread);
      },
      notStarted: (error) => {
        log.error('policy.scanner-not-started', { thread: name }, error);
      },
      waiting: (jobs) => {
        if (name === 'gate') metrics.gauge('policy_queue', jobs);
        else metrics.gauge('policy_files_queue', jobs);
      },
    });
  }

  #tellLost(name: string, why: EngineFailure, { broken }: Answering): void {
    if (!this.#closed) this.#options.log.warn('policy.scanner-lost', { thread: name, why, broken });
  }

  async #timed(of: 'message' | 'file', work: () => Promise<Outcome>): Promise<Outcome> {
    const { clock, metrics } = this.#options;
    const began = clock.monotonic();
    const outcome = await work();
    metrics.observe('policy_scan_seconds', (clock.monotonic() - began) / 1_000, { of });
    return outcome;
  }
}

/** The bytes are copied once, and only they: a view of a large buffer would go over with all of it. */
function readQuestion({ type, name, bytes }: FileToRead): Question {
  const own = new Uint8Array(bytes);
  const file = { type, bytes: own, ...(name === undefined ? {} : { name }) };
  return { message: { type: 'read', file }, transfer: [own.buffer] };
}

const stopping: Compiled & { readonly ok: false } = {
  ok: false,
  problems: [{ file: '', path: '', message: 'Gatehouse is stopping', fix: 'try again when it runs' }],
};
