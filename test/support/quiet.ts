/** A log and metrics that keep what they are given. */
import type { Log, LogFields, Metrics } from '../../src/core/ports/log.ts';

export interface Logged {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
  readonly error?: unknown;
}

export class KeptLog implements Log {
  readonly lines: Logged[] = [];

  debug(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', event, fields });
  }
  info(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', event, fields });
  }
  warn(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', event, fields });
  }
  error(event: string, fields: LogFields = {}, error?: unknown): void {
    this.lines.push({ level: 'error', event, fields, error });
  }
  child(): Log {
    return this;
  }
  events(): readonly string[] {
    return this.lines.map((line) => line.event);
  }
}

export class KeptMetrics implements Metrics {
  readonly counts = new Map<string, number>();
  readonly gauges = new Map<string, number>();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = `${name} ${Object.values(labels).join(' ')}`.trim();
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
  gauge(name: string, value: number): void {
    this.gauges.set(name, value);
  }
  observe(): void {
    this.counts.set('observed', (this.counts.get('observed') ?? 0) + 1);
  }
}
