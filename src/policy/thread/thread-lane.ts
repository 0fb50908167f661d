/**
 * Jobs for one thread, one after the other in the order in which they were asked. Each has a deadline; a thread that overruns
 * it, or breaks, is ended and another one begun, and the jobs behind it go on there.
 */
import type { Clock } from '../../core/clock.ts';
import type { EngineFailure } from '../../core/policy-words.ts';
import { Job, type Asked, type Outcome } from './job.ts';
import { JobQueue, type QueueLimits } from './job-queue.ts';
import type { FromScanner } from './protocol.ts';
import type { Answering } from './scanner-thread.ts';

export interface LaneOptions {
  readonly clock: Clock;
  /** A thread that is ready for jobs. Rejects when there can't be one now. */
  readonly start: () => Promise<Answering>;
  /** A lost thread is replaced at once; otherwise when the next job comes. */
  readonly keepReady: boolean;
  readonly limits: QueueLimits;
  readonly lost: (why: EngineFailure, thread: Answering) => void;
  readonly notStarted: (error: unknown) => void;
  /** How many jobs wait. */
  readonly waiting: (jobs: number) => void;
}

interface Next {
  readonly thread: Answering;
  readonly taken: () => void;
  readonly resolve: (taken: boolean) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class ThreadLane {
  readonly #options: LaneOptions;
  readonly #queue: JobQueue<Job>;
  #thread: Answering | undefined;
  #next: Next | undefined;
  #running: Job | undefined;
  #starting = false;
  /** Threads that were of no use, one after the other: the next one is begun later each time. */
  #useless = 0;
  /** A thread that was begun before the last swap knows the rules of then. */
  #swaps = 0;
  #closed = false;
  #cancelPause: () => void = () => undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#queue = new JobQueue(options.limits);
  }

  /** Never rejects. It is answered by its deadline: `not-ready` where it has only waited, or where no more can wait. */
  run(asked: Asked): Promise<Outcome> {
    return new Promise((resolve) => {
      const job = new Job(asked, resolve);
      if (this.#closed || !this.#queue.add(job)) {
        job.settle({ failed: 'not-ready' });
        return;
      }
      if (asked.patient !== true) this.#watch(job, asked.deadlineMs);
      this.#pump();
    });
  }

  /**
   * The jobs that wait go to `thread`, the one that runs stays where it is: no job overtakes another. `taken` is called at
   * that moment, and the thread of before is ended. False when the lane was closed first.
   */
  swapTo(thread: Answering, taken: () => void): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#next = { thread, taken, resolve };
      this.#pump();
    });
  }

  /** Whatever waits or runs is answered `not-ready`. Its threads are ended by whoever has begun them. */
  close(): void {
    this.#closed = true;
    this.#cancelPause();
    this.#next?.resolve(false);
    this.#next = undefined;
    for (let job = this.#running ?? this.#queue.take(); job !== undefined; job = this.#queue.take()) {
      job.cancel();
      job.settle({ failed: 'not-ready' });
    }
    this.#running = undefined;
  }

  #pump(): void {
    if (this.#running !== undefined || this.#closed) return;
    this.#takeNext();
    const thread = this.#thread;
    if (thread === undefined) {
      if (this.#queue.size > 0) this.#start();
    } else {
      const job = this.#queue.take();
      if (job !== undefined) this.#runOn(thread, job);
    }
    this.#options.waiting(this.#queue.size);
  }

  #takeNext(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    this.#swaps += 1;
    const before = this.#thread;
    this.#adopt(next.thread);
    next.taken();
    next.resolve(true);
    if (before !== undefined) ended(before);
  }

  #adopt(thread: Answering): void {
    this.#thread = thread;
    thread.gone.then(
      () => {
        this.#goneIdle(thread);
      },
      () => undefined,
    );
  }

  #runOn(thread: Answering, job: Job): void {
    job.startedAt = this.#options.clock.monotonic();
    this.#running = job;
    if (job.asked.patient === true) this.#watch(job, job.asked.deadlineMs);
    ask(thread, job).then(
      (answer) => {
        this.#useless = 0;
        this.#ran(job, { answer });
      },
      () => {
        if (this.#ran(job, { failed: 'crashed' })) this.#lose(thread, 'crashed', job);
      },
    );
  }

  /** False where it was given up before. */
  #ran(job: Job, outcome: Outcome): boolean {
    if (this.#running !== job) return false;
    this.#running = undefined;
    job.cancel();
    job.settle(outcome);
    if ('answer' in outcome) this.#pump();
    return true;
  }

  /** When our own loop was late, the answer may lie there: it is taken first. */
  #watch(job: Job, ms: number): void {
    job.cancel = this.#options.clock.after(ms, () => {
      setImmediate(() => {
        this.#due(job);
      });
    });
  }

  #due(job: Job): void {
    if (this.#queue.remove(job)) {
      job.settle({ failed: 'not-ready' });
      this.#options.waiting(this.#queue.size);
      return;
    }
    if (this.#running !== job || job.startedAt === undefined) return;
    job.settle({ failed: 'took-too-long' });
    // Whoever asked has waited long enough; the job, which waited for others first, has the time that it was given.
    const left = job.asked.deadlineMs - (this.#options.clock.monotonic() - job.startedAt);
    if (left > 0) {
      this.#watch(job, left);
      return;
    }
    this.#running = undefined;
    const thread = this.#thread;
    if (thread !== undefined) this.#lose(thread, 'took-too-long', job);
  }

  #goneIdle(thread: Answering): void {
    if (this.#thread !== thread || this.#running !== undefined || this.#closed) return;
    this.#useless += 1;
    this.#lose(thread, 'crashed');
  }

  #lose(thread: Answering, why: EngineFailure, job?: Job): void {
    if (this.#thread === thread) this.#thread = undefined;
    ended(thread);
    this.#options.lost(why, thread);
    job?.asked.cost?.();
    this.#pump();
    if (this.#options.keepReady) this.#start();
  }

  #start(): void {
    if (this.#closed || this.#starting || this.#thread !== undefined) return;
    this.#starting = true;
    if (this.#useless === 0) {
      this.#startNow();
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#useless - 1));
    this.#cancelPause = this.#options.clock.after(pause, () => {
      this.#startNow();
    });
  }

  #startNow(): void {
    if (this.#thread !== undefined) {
      this.#starting = false;
      return;
    }
    const swaps = this.#swaps;
    this.#options.start().then(
      (thread) => {
        this.#starting = false;
        if (this.#closed || this.#swaps !== swaps || this.#thread !== undefined) ended(thread);
        else this.#adopt(thread);
        this.#goOn();
      },
      (error: unknown) => {
        this.#starting = false;
        this.#useless += 1;
        if (!this.#closed) this.#options.notStarted(error);
        this.#goOn();
      },
    );
  }

  #goOn(): void {
    this.#pump();
    if (this.#options.keepReady) this.#start();
  }
}

/** A question that can't be put is as one that broke the thread. */
async function ask(thread: Answering, { asked }: Job): Promise<FromScanner> {
  return await thread.ask(asked.question());
}

/** The end of a thread is not waited for: nothing more is asked of it. */
function ended(thread: Answering): void {
  thread.end().then(
    () => undefined,
    () => undefined,
  );
}
