/** What Prometheus reads: counters as they stand, and gauges that are looked up only when somebody asks. */
import type { Health, HealthReport } from '../core/ports/health.ts';
import { alarmKinds } from '../core/watch-entries.ts';
import type { MetricsRegistry } from '../telemetry/create-metrics.ts';
import { fileSizes } from './disk.ts';

export interface ScrapeParts {
  readonly metrics: MetricsRegistry;
  readonly health: Health;
  /** Lanes that wait behind closed gates. */
  readonly parked: () => number;
  /** The data folder. */
  readonly dir: string;
}

export function scrape({ metrics, health, parked, dir }: ScrapeParts): Pick<MetricsRegistry, 'text'> {
  return {
    text: async () => {
      const report = await health();
      gaugeWork(report, metrics);
      gaugeWatched(report, metrics);
      gaugeTime(report, metrics);
      gaugeDisk(report, metrics);
      gaugePolicy(report, metrics);
      gaugeSupervised(report, metrics);
      metrics.gauge('gates_closed', report.closedGates.length);
      metrics.gauge('lanes_parked', parked());
      for (const [file, bytes] of await fileSizes(dir)) metrics.gauge('file_bytes', bytes, { file });
      return metrics.text();
    },
  };
}

function gaugeWork({ tasks, record, connectors, homeserver }: HealthReport, metrics: MetricsRegistry): void {
  metrics.gauge('tasks_open', tasks.ready, { state: 'ready' });
  metrics.gauge('tasks_open', tasks.dead, { state: 'dead' });
  metrics.gauge('oldest_ready_seconds', tasks.oldestReadyMs / 1000);
  metrics.gauge('record_entries', record.size);
  metrics.gauge('record_unsigned', Math.max(0, record.size - record.checkpoint));
  metrics.gauge('homeserver_up', homeserver === 'ok' ? 1 : 0);
  for (const [connector, state] of Object.entries(connectors)) {
    metrics.gauge('connector_up', state === 'connected' || state === 'degraded' ? 1 : 0, { connector });
  }
}

function gaugeWatched({ alarms = [], gaps }: HealthReport, metrics: MetricsRegistry): void {
  for (const kind of alarmKinds)
    metrics.gauge('alarms_open', alarms.filter((alarm) => alarm.kind === kind).length, { kind });
  metrics.gauge('gaps_open', gaps?.open ?? 0);
  if (gaps?.lookedAt !== undefined) metrics.gauge('gap_look_time_seconds', gaps.lookedAt / 1000);
}

function gaugeTime({ capture, clock }: HealthReport, metrics: MetricsRegistry): void {
  const { usualMs, worstMs } = capture ?? { usualMs: 0, worstMs: 0 };
  metrics.gauge('capture_lag_seconds', usualMs / 1000, { of: 'p95' });
  metrics.gauge('capture_lag_seconds', worstMs / 1000, { of: 'worst' });
  metrics.gauge('clock_off_seconds', (clock?.byMs ?? 0) / 1000);
}

function gaugePolicy({ policy }: HealthReport, metrics: MetricsRegistry): void {
  if (policy === undefined) return;
  metrics.gauge('policy_rules', policy.rules);
  metrics.gauge('policy_quarantined', policy.quarantined);
  metrics.gauge('policy_quarantined_oldest_seconds', (policy.oldestMs ?? 0) / 1000);
  metrics.gauge('policy_day_messages', policy.unscanned, { what: 'unscanned' });
  metrics.gauge('policy_day_messages', policy.failed, { what: 'failed' });
}

function gaugeSupervised({ presend, unreadable, crossed }: HealthReport, metrics: MetricsRegistry): void {
  metrics.gauge('policy_unreadable', unreadable?.rooms ?? 0, { what: 'rooms' });
  metrics.gauge('policy_unreadable', unreadable?.messages ?? 0, { what: 'messages' });
  metrics.gauge('policy_crossed_rooms', crossed ?? 0);
  if (presend?.asked !== undefined) metrics.gauge('presend_asked_time_seconds', presend.asked / 1000);
}

function gaugeDisk({ disk }: HealthReport, metrics: MetricsRegistry): void {
  if (disk === undefined) return;
  metrics.gauge('disk_free_bytes', disk.freeBytes);
  metrics.gauge('disk_bytes', disk.totalBytes);
}
