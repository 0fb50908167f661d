/** docs/metrics.md, written from the list of metrics, so that neither says anything that the other does not. */
import { metricNames, type MetricKind } from './metric-names.ts';

const KINDS: Readonly<Record<MetricKind, string>> = {
  counter: 'counter',
  gauge: 'gauge',
  seconds: 'histogram, seconds',
};

const HEAD = `# Metrics

\`/metrics\` on the admin listener (loopback, \`listen.admin\`), in Prometheus' text form. Generated from
\`src/telemetry/metric-names.ts\` by \`npm run generated\`. Labels take few values: lines, connectors, kinds; never a
person, a room or a number. Beside these there are the process's own figures (\`process_*\`, \`nodejs_*\`).
`;

const ALERTS = `
## Alerts

The desk is told of the same things by itself (\`alarm.raised\`, \`!c health\`); these wake whoever keeps the machine.

\`\`\`yaml
groups:
  - name: gatehouse
    rules:
      - alert: GatehouseGone
        expr: up{job="gatehouse"} == 0
        for: 2m
      - alert: GatehouseStandsStill
        expr: sum by (kind) (gatehouse_alarms_open) > 0
        for: 5m
      - alert: RecordIsLate
        expr: gatehouse_capture_lag_seconds{of="p95"} > 60
        for: 5m
      - alert: RecordSlow
        expr: histogram_quantile(0.99, rate(gatehouse_commit_seconds_bucket[5m])) > 1
        for: 10m
      - alert: TasksGivenUp
        expr: increase(gatehouse_task_turns_total{outcome="dead"}[15m]) > 0
      - alert: RulesCanNotBeJudged
        expr: increase(gatehouse_policy_scan_failed_total[15m]) > 0
      - alert: ConnectorFlaps
        expr: increase(gatehouse_connector_connects_total[15m]) > 5
      - alert: NotSigned
        expr: gatehouse_record_unsigned > 0
        for: 5m
      - alert: DiskFillsUp
        expr: gatehouse_disk_free_bytes < 1e9 or gatehouse_disk_free_bytes / gatehouse_disk_bytes < 0.05
      - alert: DiskFullInADay
        expr: predict_linear(gatehouse_disk_free_bytes[6h], 86400) < 0
      - alert: NeverCompared
        expr: time() - gatehouse_gap_look_time_seconds > 2 * 86400
      - alert: ClockWrong
        expr: abs(gatehouse_clock_off_seconds) > 60
\`\`\`
`;

export function metricDocs(): string {
  const rows = Object.entries(metricNames).map(([name, { kind, help, labels }]) => [
    `\`gatehouse_${name}${kind === 'counter' ? '_total' : ''}\``,
    KINDS[kind],
    labels.map((label) => `\`${label}\``).join(' '),
    help,
  ]);
  return `${HEAD}\n${table(['metric', 'kind', 'labels', 'meaning'], rows)}\n${ALERTS}`;
}

/** Its columns stand under each other, as Prettier wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...rows].map(line).join('\n');
}
