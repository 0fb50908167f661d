/**
 * Tasks whose turns the process did not survive. One such death may have had any reason, and the task runs as always. At
 * the second it waits until the house has been up for a while, so that everything else goes on, and runs while no other
 * suspect does: then it is known who is to blame. At the fifth it is set aside, for a person to see: whoever kills the
 * process from outside meets the same turn that often only by intent.
 */
import { wait, type Clock } from '../core/clock.ts';
import type { TaskId } from '../core/ids.ts';
import type { TurnNotes } from './turn-notes.ts';

const ALONE_FROM = 2;
const SET_ASIDE_FROM = 5;
/** How long the house is up before it takes the risk. */
export const UP_FIRST_MS = 5_000;

export type Verdict =
  | { readonly run: true }
  | { readonly run: false; readonly until: Promise<void> }
  | { readonly run: false; readonly deaths: number };

export class Suspects {
  readonly #notes: TurnNotes;
  readonly #clock: Clock;
  readonly #began: number;
  #alone: { readonly task: TaskId; readonly over: PromiseWithResolvers<undefined> } | undefined;
  #up: Promise<void> | undefined;

  constructor(notes: TurnNotes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
    this.#began = clock.monotonic();
  }

  /** Whether the task may run now, or is to be set aside; `ended` follows, unless it has to wait. */
  begins(task: TaskId): Verdict {
    const deaths = this.#notes.deaths.get(task) ?? 0;
    if (deaths >= SET_ASIDE_FROM) {
      this.#notes.began(task);
      return { run: false, deaths };
    }
    if (deaths >= ALONE_FROM) {
      const left = this.#began + UP_FIRST_MS - this.#clock.monotonic();
      if (left > 0) return { run: false, until: (this.#up ??= wait(this.#clock, left)) };
      if (this.#alone !== undefined) return { run: false, until: this.#alone.over.promise };
      this.#alone = { task, over: Promise.withResolvers() };
    }
    this.#notes.began(task);
    return { run: true };
  }

  /** Its turn is over, or it is set aside: nothing more is held against it. */
  ended(task: TaskId): void {
    this.#notes.ended(task);
    if (this.#alone?.task !== task) return;
    this.#alone.over.resolve(undefined);
    this.#alone = undefined;
  }
}
