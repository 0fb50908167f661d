/** How an item ended, and by whom: `approved by Olivia 10:14`. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { Millis } from '../../core/ids.ts';
import { personName } from '../../bridge/rooms/person-name.ts';
import type { VerdictState } from '../../policy/verdicts/verdict-moves.ts';
import { oneLine } from '../quote.ts';
import { clockTime } from './shown-time.ts';

/** `@olivia:acme.example` reads Olivia. */
export function personShown(user: string): string {
  const name = oneLine(personName(user));
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export interface Ended {
  readonly state: VerdictState;
  /** The entry by which it ended. */
  readonly by: Entry | undefined;
  readonly now: Millis;
}

type Decision = EntryOf<'policy.approved'> | EntryOf<'policy.rejected'>;

/** An officer's word; undefined for what ended it otherwise. */
export function decisionIn(entry: Entry | undefined): Decision['body'] | undefined {
  return entry?.kind === 'policy.approved' || entry?.kind === 'policy.rejected' ? entry.body : undefined;
}

const ENDS: Readonly<Record<VerdictState, readonly [string, string]>> = {
  open: ['quarantined', ''],
  approved: ['approved', ''],
  rejected: ['rejected', ''],
  expired: ['expired', ': nobody decided in time'],
  withdrawn: ['withdrawn by its sender', ''],
  superseded: ['changed by its sender', ': what it says now is judged anew'],
  overridden: ['sent all the same by its sender', ''],
  closed: ['nothing to decide', ''],
};

/** Its message is what it was; what was known of it, or the rules, changed. */
const JUDGED_AGAIN = ['judged again', ': a newer item stands for it'] as const;

/** `approved by Olivia 10:14`. */
export function endedWords({ state, by, now }: Ended, timezone: string): string {
  const [what, then] = state === 'superseded' && by?.kind === 'policy.verdict' ? JUDGED_AGAIN : ENDS[state];
  const decided = decisionIn(by);
  const who = decided === undefined ? '' : ` by ${personShown(decided.by)}`;
  const when = by === undefined ? '' : ` ${clockTime(by.recordedAt, timezone, now)}`;
  return `${what}${who}${when}${then}`;
}
