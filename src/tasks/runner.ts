/**
 * Runs tasks: lanes in parallel under a limit, the tasks of a lane one at a time and in order. Claims are in memory,
 * since one process holds data/lock; everything else is on disk, so that a crash loses a turn and nothing more.
 */
import type { FailureKind } from '../core/failures.ts';
import type { GateId } from '../core/ids.ts';
import { Gates, type GateView } from './gates.ts';
import { LaneWorker } from './lane-worker.ts';
import { taskCounting } from './open-tasks.ts';
import type { RunnerOptions } from './runner-options.ts';
import type { Task } from './task.ts';
import { waitingHeads } from './waiting-heads.ts';

export interface TaskSummary {
  /** Under way: without those that only wait for a time of their own, as nobody waits for them. */
  readonly ready: number;
  readonly waiting: number;
  readonly dead: number;
  /** Age of the entry whose task has waited longest, 0 when nothing waits. */
  readonly oldestReadyMs: number;
}

export interface TaskRunner extends AsyncDisposable {
  start(): void;
  /**
   * Takes no new tasks and lets running turns finish; after `deadlineMs` their signal is aborted and they are left
   * to end by themselves. What they did and could not record is asked about again after the next start.
   */
  stop(deadlineMs: number): Promise<void>;
  /**
   * Resolves when nothing is ready and nothing runs. Tasks behind a closed gate or in a back-off don't count;
   * a journal that can't be written keeps its turns running. Resolves at once before `start` and after `stop`.
   */
  idle(): Promise<void>;
  /** What parked the gate's lanes is over: they go on, by the position of their first tasks. */
  openGate(gate: GateId): void;
  /** Closed by its owner (a connector, the ping): it stays closed until `openGate`. `detail` is safe to show. */
  closeGate(gate: GateId, reason: FailureKind, detail?: string): void;
  isClosed(gate: GateId): boolean;
  /** The closed gates. */
  gates(): readonly GateView[];
  summary(): Promise<TaskSummary>;
  /** First tasks of lanes that could run and do not, oldest entry first: those under way are among them. */
  waiting(limit: number): Promise<readonly Task[]>;
}

const STOP_MS = 10_000;

export function createTaskRunner(options: RunnerOptions): TaskRunner {
  return new Runner(options);
}

class Runner implements TaskRunner {
  readonly #options: RunnerOptions;
  readonly #gates: Gates;
  readonly #worker: LaneWorker;
  readonly #counts: ReturnType<typeof taskCounting>;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#counts = taskCounting([...options.handlers].flatMap(([kind, { patient }]) => (patient ? [kind] : [])));
    this.#gates = new Gates(options.clock, (change) => {
      const { gate, reason } = change;
      if (change.open) options.log.info('gate.opened', { gate });
      else options.log.warn('gate.closed', { gate, reason });
      options.metrics.gauge('gates_closed', this.#gates.views().length);
      this.#worker.gateChanged(change);
    });
    this.#worker = new LaneWorker(options, this.#gates);
  }

  start(): void {
    this.#worker.start();
  }

  stop(deadlineMs: number): Promise<void> {
    return this.#worker.stop(deadlineMs);
  }

  idle(): Promise<void> {
    return this.#worker.idle();
  }

  openGate(gate: GateId): void {
    this.#gates.open(gate);
  }

  closeGate(gate: GateId, reason: FailureKind, detail?: string): void {
    this.#gates.close(gate, { reason, ...(detail === undefined ? {} : { detail: detail.toWellFormed() }) });
  }

  isClosed(gate: GateId): boolean {
    return this.#gates.isClosed(gate);
  }

  gates(): readonly GateView[] {
    return this.#gates.views();
  }

  async summary(): Promise<TaskSummary> {
    const { journal, clock } = this.#options;
    const { oldestReady, ...counts } = await journal.views.read(this.#counts);
    const oldest = oldestReady === undefined ? undefined : await journal.read(oldestReady);
    return { ...counts, oldestReadyMs: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest.recordedAt) };
  }

  waiting(limit: number): Promise<readonly Task[]> {
    const { journal, clock } = this.#options;
    const isHeld = (head: Task): boolean => this.#worker.isHeld(head);
    return waitingHeads(journal.views, { now: clock.now(), limit, isHeld });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(STOP_MS);
  }
}
