/** What an append works with; made once, when the writer opens. */
import type { Clock } from '../../core/clock.ts';
import type { ClassId } from '../../core/ids.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { KeyStock } from '../keys/key-stock.ts';
import type { WriterPart } from '../projection.ts';
import type { SearchIndex } from '../search/index-store.ts';
import type { TaskSink } from '../task-sink.ts';

export interface Setting {
  readonly keys: KeyRing;
  readonly stock: KeyStock;
  readonly search: Pick<SearchIndex, 'add' | 'remove' | 'holds' | 'candidates' | 'tokens'>;
  readonly tasks: TaskSink;
  readonly parts: readonly WriterPart[];
  readonly clock: Clock;
  /** For drafts that neither they themselves nor any placing gives a class. */
  readonly defaultClass: ClassId;
}
