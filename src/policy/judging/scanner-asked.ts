/** Asks the scanner, and has patience while it starts anew or takes up another set of rules. */
import type { Clock } from '../../core/clock.ts';
import { failedVerdict } from '../engine/fail-modes.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import type { Scanning } from '../scan.ts';
import type { Verdict } from '../verdict.ts';

/** So long one message may be judged. */
const DEADLINE_MS = 5_000;
/** A scanner is back in a second or two. One that is not ready by then has failed. */
const PATIENCE_MS = 10_000;

export class ScannerAsked {
  readonly #scanning: Pick<Scanning, 'judge'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Since when nothing could be judged by the set in force, on the monotonic clock. */
  #since: number | undefined;

  constructor(scanning: Pick<Scanning, 'judge'>, clock: Pick<Clock, 'monotonic'>) {
    this.#scanning = scanning;
    this.#clock = clock;
  }

  /**
   * By exactly `set`. Undefined: not yet, ask again. A scanner that is not ready after 10 s, one that takes more than 5 s
   * or dies of the message has failed: then the verdict is what the rules' fail modes make of it.
   */
  async judge(set: RuleSet, message: JudgedMessage, context: MessageContext): Promise<Verdict | undefined> {
    const verdict = await this.#scanning.judge(message, context, DEADLINE_MS);
    if (verdict.rules === set.digest && verdict.failed !== 'not-ready') {
      this.#since = undefined;
      return verdict;
    }
    const now = this.#clock.monotonic();
    this.#since ??= now;
    return now - this.#since < PATIENCE_MS ? undefined : failedVerdict(set, message, context, 'not-ready');
  }
}
