/** What is needed to say how a text is shown. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import type { KnownVerdict } from '../verdicts/verdict-store.ts';
import type { ContextDeps } from './context-of.ts';
import type { Rules } from './rules-for.ts';
import type { ScannerAsked } from './scanner-asked.ts';

export interface MayShowDeps extends ContextDeps {
  readonly journal: ContextDeps['journal'] & {
    read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  };
  readonly scanner: Pick<ScannerAsked, 'judge'>;
  readonly rules: Rules;
  /** The newest verdict on exactly (of, content). */
  readonly newestVerdict: (reading: Reading, of: Position, content: string) => Promise<KnownVerdict | undefined>;
  readonly clock: Clock;
}
