import type { EntryOf } from '../../core/entry.ts';
import type { StoreCount } from '../../core/retention-entries.ts';
import type { Gone } from './gone-notes.ts';

/** What becomes of a run's events on the homeserver. */
export interface HomeserverCleaner {
  /** Whether it purges, or takes back our own copies alone: `retention.homeserver.purge`. */
  readonly purges: boolean;
  /** Undefined while the homeserver is away: asked again later. */
  clean(
    run: EntryOf<'retention.run'>,
    gone: Pick<Gone, 'events' | 'files' | 'ghosts'>,
    signal: AbortSignal,
  ): Promise<readonly StoreCount[] | undefined>;
}
