import type { EntryOf } from '../../core/entry.ts';
import type { StoreCount } from '../../core/retention-entries.ts';
import type { Gone } from './gone-notes.ts';

/** What becomes of a run's events on the homeserver. */
export interface HomeserverCleaner {
  /** Which of a run's events are noted for it: where nothing is purged there (`retention.homeserver.purge`) our own copies alone. */
  readonly notes: 'all' | 'copies';
  /** Undefined while the homeserver is away: asked again later. */
  clean(
    run: EntryOf<'retention.run'>,
    gone: Pick<Gone, 'events' | 'files' | 'ghosts'>,
    signal: AbortSignal,
  ): Promise<readonly StoreCount[] | undefined>;
}
