/**
 * What was said of a record after it was written: that a rule found something in it, that it was stopped. Whoever keeps
 * such marks tells the search; they are in no index, because an entry's tokens are a function of the entry alone.
 */
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import type { CandidatePage } from './candidate-page.ts';

/** What `is:` knows besides what an entry says itself. */
export const markedAs = ['flagged', 'quarantined', 'unscanned'] as const;
export type MarkedAs = (typeof markedAs)[number];
/** `rule:card-number`: this rule found something. */
export type Mark = MarkedAs | `rule:${string}`;

/** On the record of a deletion that a rule wanted: the homeserver shows it as if the sender had. Nobody asks for it. */
export const TAKEN_AWAY = 'taken-away';

export interface Marks {
  /** Records with this mark, newest first. */
  marked(mark: Mark, page: CandidatePage, reading: Reading): Promise<readonly Position[]>;
  /** All marks of these records; those without any are left out. */
  of(positions: readonly Position[], reading: Reading): Promise<ReadonlyMap<Position, ReadonlySet<string>>>;
  /** Whether there ever was what the mark speaks of. */
  knows(mark: Mark, reading: Reading): Promise<boolean>;
}
