/** What to answer the carrier, and what to do once the answer has been written. */
import { status } from './codec/status.ts';

export interface Answer {
  readonly status: number;
  readonly written: () => void;
}

const nothing = (): void => undefined;
/** It is on record, and nothing is left to do. */
export const taken: Answer = { status: status.ok, written: nothing };
export const tryAgain: Answer = { status: status.temporaryAppError, written: nothing };

/** What came can't be read: `status` says why. */
export function refused(why: number): Answer {
  return { status: why, written: nothing };
}
