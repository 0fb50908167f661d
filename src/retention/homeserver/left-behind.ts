/** What of the erased records' events is on the homeserver still, by reason, in words for the certificate. */
import { grouped } from '../certificate/words.ts';

export const leftReasons = {
  state: 'state of rooms, which Synapse keeps as long as the room',
  redacted: 'taken back, their text in Synapse up to redaction_retention_period (7 days by default)',
  'last-message': 'the last message of their room',
  'behind-kept': 'behind a record that stays',
  'behind-unrecorded': 'behind a message that is not on record',
  failed: 'the homeserver did not delete them',
  unread: 'it could not be read back whether they are gone',
} as const;
export type LeftReason = keyof typeof leftReasons;

export class LeftBehind {
  readonly #counts = new Map<LeftReason, number>();

  add(why: LeftReason): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1);
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** `3 behind a record that stays, 1 the last message of their room`; undefined where nothing is left. */
  get words(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const inOrder = Object.entries(leftReasons).flatMap(([why, words]) => {
      const n = [...this.#counts].find(([one]) => one === why)?.[1];
      return n === undefined ? [] : [`${grouped(n)}: ${words}`];
    });
    return inOrder.join('; ');
  }
}
