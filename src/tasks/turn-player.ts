/** Plays a lane's turn and puts its end on record. */
import { JournalDown } from '../core/ports/recorder.ts';
import type { Committer } from './commit.ts';
import type { Gates } from './gates.ts';
import type { RunnerOptions } from './runner-options.ts';
import { Suspects, type Verdict } from './suspects.ts';
import type { Task } from './task.ts';
import { playTurn, setAside, unrecordable, type EndedTurn } from './turn.ts';
import { noTurnNotes } from './turn-notes.ts';

const SLOW_MS = 60_000;
/** Of a turn that was given up while it waited for the journal: nothing is known of it, and the process ends. */
const gaveUp: EndedTurn = { turn: { to: 'aside', until: Promise.resolve() }, outcome: 'aside', entries: [], also: {} };

export interface TurnPlayerParts {
  readonly gates: Gates;
  readonly committer: Committer;
  readonly signal: AbortSignal;
  /** This turn takes long: it lends its place to another. */
  readonly tooSlow: (task: Task) => void;
}

export class TurnPlayer {
  readonly #options: RunnerOptions;
  readonly #parts: TurnPlayerParts;
  readonly #suspects: Suspects;

  constructor(options: RunnerOptions, parts: TurnPlayerParts) {
    this.#options = options;
    this.#parts = parts;
    const { notes = noTurnNotes, clock, random } = options;
    this.#suspects = new Suspects(notes, { clock, random });
  }

  /**
   * A turn from which the journal takes nothing is played anew when it takes something again: no attempt, no failure.
   * @param begunBefore an earlier process may have acted on it
   */
  async play(task: Task, begunBefore: boolean): Promise<EndedTurn> {
    let mayRepeat = begunBefore || task.reason === 'internal';
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#playUnlessSuspect(task, mayRepeat);
      } catch (error) {
        if (!(error instanceof JournalDown)) throw error;
        if (!(await this.#parts.committer.outlast(error, tries))) return gaveUp;
      }
      mayRepeat = true;
    }
  }

  async #playUnlessSuspect(task: Task, mayRepeat: boolean): Promise<EndedTurn> {
    const verdict = this.#suspects.begins(task.id);
    if ('until' in verdict) {
      return { turn: { to: 'aside', until: verdict.until }, outcome: 'aside', entries: [], also: {} };
    }
    let survived = false;
    try {
      const ended = verdict.run ? await this.#play(task, mayRepeat) : await this.#setAside(task, verdict);
      survived = ended.outcome !== 'aside' && ended.outcome !== 'gate';
      return ended;
    } finally {
      if (survived) this.#suspects.ended(task.id);
      else this.#suspects.left(task.id);
    }
  }

  /** True when the end of the turn is on record. */
  async record(task: Task, ended: EndedTurn): Promise<boolean> {
    const { committer } = this.#parts;
    if (ended.entries.length === 0 && ended.also.settle === undefined) {
      committer.isUnsure();
      return true;
    }
    try {
      return await committer.commit(ended.entries, ended.also);
    } catch (error) {
      this.#options.log.error('task.unrecordable', { task: task.id, kind: task.kind }, error);
    }
    const { entries, also } = await unrecordable(this.#options, task);
    try {
      return await committer.commit(entries, also);
    } catch (error) {
      this.#options.log.error('task.unrecordable', { task: task.id, kind: task.kind }, error);
      return committer.commit([], also);
    }
  }

  async #play(task: Task, mayRepeat: boolean): Promise<EndedTurn> {
    const { clock, slowMs, log } = this.#options;
    const { gates, signal, tooSlow } = this.#parts;
    const inTime = clock.after(slowMs ?? SLOW_MS, () => {
      log.warn('task.slow', { task: task.id, kind: task.kind });
      tooSlow(task);
    });
    try {
      return await playTurn(this.#options, task, {
        signal,
        mayRepeat,
        closed: (gate) => gates.isClosedFor(gate, task.lane),
        why: (gate) => gates.reasonOf(gate),
      });
    } finally {
      inTime();
    }
  }

  #setAside(task: Task, { deaths, untold }: Extract<Verdict, { deaths: number }>): Promise<EndedTurn> {
    this.#options.log.error('task.set-aside', { task: task.id, kind: task.kind, deaths });
    return setAside(this.#options, task, untold);
  }
}
