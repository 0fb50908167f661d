/** A log and metrics that keep what they are given. */
import type { Log, LogFields, Metrics } from '../../../src/core/ports/log.ts';

export interface Line {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields | undefined;
}

export function keptLog(lines: Line[] = []): Log & { readonly lines: Line[] } {
  const at = (level: string) => (event: string, fields?: LogFields) => {
    lines.push({ level, event, fields });
  };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => keptLog(lines),
  };
}

export const noMetrics: Metrics = {
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
};
