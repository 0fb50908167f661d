/** What a run needs of the house. */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Marks } from '../../journal/search/marks.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { Erasing } from '../../journal/projection.ts';
import type { ReceiptOf } from '../families/link-store.ts';

export interface WalkDeps {
  readonly journal: Pick<OpenJournal, 'append' | 'read' | 'readMany' | 'reader' | 'views' | 'database' | 'keys'>;
  /** Asked beforehand what the transaction that erases asks again: holds, what is open, what is needed. */
  readonly staying: readonly Erasing[];
  /** The same of messages of ours that go only with what they quote; absent where it is the same. */
  readonly stayingCopies?: readonly Erasing[];
  readonly receiptOf: ReceiptOf;
  readonly marks: Pick<Marks, 'of'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the house stops: a job that takes hours must not hold it up. */
  readonly stopping?: AbortSignal;
}
