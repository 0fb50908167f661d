/** What looking for gaps asks of the rest of the house. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import type { Log, Metrics } from '../../core/ports/log.ts';
import type { Deliveries } from '../../core/ports/pushing.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { EventsOnRecord, RoomHistory } from '../../core/ports/room-history.ts';
import type { Views } from '../../journal/journal.ts';
import type { Warnings } from '../bridge-deps.ts';
import type { RestartHold } from './restart-hold.ts';

export interface GapDeps {
  readonly journal: Recorder & {
    readonly views: Views;
    read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  };
  readonly history: RoomHistory;
  readonly onRecord: EventsOnRecord;
  readonly deliveries: Deliveries;
  /** Asks the homeserver to call the archive appservice. */
  readonly ping: () => Done<unknown>;
  /** Calls back at each sign that the homeserver was restarted; the returned function ends that. */
  readonly onSign: (listener: (sign: string) => void) => () => void;
  /** What staff write after a sign waits here until its room was looked at. */
  readonly hold?: Pick<RestartHold, 'mark' | 'waiting' | 'looked' | 'over'>;
  /** How far back rooms are recorded that existed before Gatehouse, in milliseconds; not at all when left out. */
  readonly walkBackMs?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly warnings: Warnings;
}
