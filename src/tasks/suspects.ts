/**
 * Tasks whose turns the process did not survive. One such death may have had any reason, and the task runs as always.
 * After a second it is on trial: it runs when the house has been up for a while, so that everything else goes on, and
 * while the trial of no other has just begun. Only a death in the first moments of a trial is blamed on it, and only as
 * long as the process dies of nothing else: who kills the process from outside hits those moments by chance, and hardly
 * ever three times in a row (decision 15). At the third it is set aside, for a person to see.
 */
import { wait, type Clock } from '../core/clock.ts';
import type { TaskId } from '../core/ids.ts';
import type { TurnNotes } from './turn-notes.ts';

const TRIAL_FROM = 2;
/** Deaths that are blamed on the task. */
const SET_ASIDE_FROM = 3;
/** Deaths in its turns of which none was survived, blamed or not: what ends the process slowly ends too. */
export const DEATHS_MAX = 20;
/** So often the process did not survive the setting aside either. */
const UNTOLD_AFTER = 2;
/** How long the house is up before the first, second and third trial, at least; at most twice as long. */
export const UP_FIRST_MS = [500, 15_000, 45_000] as const;
/** The first moments of a trial, as far as the process can tell time: a turn that lets nothing else run stays in them. */
export const TRIAL_MS = 5_000;

export type Verdict =
  | { readonly run: true }
  | { readonly run: false; readonly until: Promise<void> }
  /** `untold`: even asking its feature what to tell ended the process. */
  | { readonly run: false; readonly deaths: number; readonly untold: boolean };

interface Trial {
  readonly task: TaskId;
  /** Another may begin. */
  readonly over: PromiseWithResolvers<undefined>;
  readonly cancel: () => void;
}

export class Suspects {
  readonly #notes: TurnNotes;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #began: number;
  #trial: Trial | undefined;
  /** One for each number of trials that ended the process. */
  readonly #up = new Map<number, { readonly at: number; until?: Promise<void> }>();

  /** @param random numbers in [0, 1): whoever kills the process after a fixed time meets no trial by that. */
  constructor(notes: TurnNotes, { clock, random }: { readonly clock: Clock; readonly random: () => number }) {
    this.#notes = notes;
    this.#clock = clock;
    this.#random = random;
    this.#began = clock.monotonic();
  }

  /** Whether the task may run now, or is to be set aside; `ended` or `left` follows, unless it has to wait. */
  begins(task: TaskId): Verdict {
    const { deaths, blamed } = this.#notes.held.get(task) ?? { deaths: 0, blamed: 0 };
    if (blamed >= SET_ASIDE_FROM || deaths >= DEATHS_MAX) {
      this.#notes.began(task, 'trial');
      const untold = blamed >= SET_ASIDE_FROM + UNTOLD_AFTER || deaths >= DEATHS_MAX + UNTOLD_AFTER;
      return { run: false, deaths, untold };
    }
    if (deaths < TRIAL_FROM) {
      this.#notes.began(task, 'turn');
      return { run: true };
    }
    const until = this.#notUp(blamed) ?? this.#trial?.over.promise;
    if (until !== undefined) return { run: false, until };
    this.#try(task);
    return { run: true };
  }

  /** Its turn is over, or it is set aside: nothing more is held against it. */
  ended(task: TaskId): void {
    this.#notes.ended(task);
    this.#over(task);
  }

  /** It stepped aside or stands at a gate: that proves nothing. */
  left(task: TaskId): void {
    this.#notes.left(task);
    this.#over(task);
  }

  #try(task: TaskId): void {
    this.#notes.began(task, 'trial');
    const cancel = this.#clock.after(TRIAL_MS, () => {
      this.#notes.began(task, 'turn');
      this.#over(task);
    });
    this.#trial = { task, over: Promise.withResolvers(), cancel };
  }

  #over(task: TaskId): void {
    if (this.#trial?.task !== task) return;
    const { over, cancel } = this.#trial;
    this.#trial = undefined;
    cancel();
    over.resolve(undefined);
  }

  /** What a task waits for that was blamed so often; undefined when the house has been up for long enough. */
  #notUp(blamed: number): Promise<void> | undefined {
    const up = this.#up.get(blamed) ?? { at: this.#began + (UP_FIRST_MS[blamed] ?? 0) * (1 + this.#random()) };
    this.#up.set(blamed, up);
    const left = up.at - this.#clock.monotonic();
    return left > 0 ? (up.until ??= wait(this.#clock, left)) : undefined;
  }
}
