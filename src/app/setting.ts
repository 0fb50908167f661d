/** What the whole house is built from. Each part says which of it it needs. */
import type { AlarmLimits } from '../bridge/alarms/limits.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { MetricsRegistry } from '../telemetry/create-metrics.ts';
import type { Publisher } from './publisher.ts';

export interface AppSetting {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  readonly limits: AlarmLimits;
  /** The scanner threads' composition root. */
  readonly scannerUrl: URL;
}
