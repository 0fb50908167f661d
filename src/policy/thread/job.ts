/** One question on its way through a lane, answered exactly once: in time by the thread, or else with why not. */
import type { EngineFailure } from '../../core/policy-words.ts';
import type { FromScanner } from './protocol.ts';
import type { Question } from './scanner-thread.ts';

export interface Asked {
  /** Made when its turn comes. */
  readonly question: () => Question;
  /** Of its text or file: UTF-16 units or bytes. */
  readonly weight: number;
  readonly deadlineMs: number;
  /** Its deadline begins with its turn, not with the asking. */
  readonly patient?: boolean;
  /** Called when the thread was lost by it: ended because of it, or broken in the midst of it. */
  readonly cost?: () => void;
}

export type Outcome = { readonly answer: FromScanner } | { readonly failed: EngineFailure };

export class Job {
  readonly asked: Asked;
  /** On the monotonic clock; absent while it waits. */
  startedAt: number | undefined;
  /** Takes back the timer that runs for it. */
  cancel: () => void = () => undefined;
  readonly #answered: (outcome: Outcome) => void;

  constructor(asked: Asked, answered: (outcome: Outcome) => void) {
    this.asked = asked;
    this.#answered = answered;
  }

  get weight(): number {
    return this.asked.weight;
  }

  /** Only the first one counts. */
  settle(outcome: Outcome): void {
    this.#answered(outcome);
  }
}
