/** Events, not prose: names are listed in `telemetry/events.ts`; message text, names and numbers never go in. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** `error`'s message is masked like every field; its stack is kept. */
  error(event: string, fields?: LogFields, error?: unknown): void;
  child(fields: LogFields): Log;
}

/** Counters and gauges by name; labels are few and low in number. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}
