/** What Prometheus reads: counters as they stand, and gauges that are looked up only when somebody asks. */
import type { Health } from '../core/ports/health.ts';
import type { MetricsRegistry } from '../telemetry/create-metrics.ts';

export function scrape(metrics: MetricsRegistry, health: Health): Pick<MetricsRegistry, 'text'> {
  return {
    text: async () => {
      const { tasks } = await health();
      metrics.gauge('tasks_open', tasks.ready, { state: 'ready' });
      metrics.gauge('tasks_open', tasks.dead, { state: 'dead' });
      metrics.gauge('oldest_ready_seconds', tasks.oldestReadyMs / 1000);
      return metrics.text();
    },
  };
}
