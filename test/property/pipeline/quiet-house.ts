/** A log and metrics that keep nothing but the errors, for the trace of a history that failed. */
import type { Log, Metrics } from '../../../src/core/ports/log.ts';

export function logInto(trace: (words: string) => void): Log {
  const said = (event: string): void => {
    trace(`  log: ${event}`);
  };
  const log: Log = {
    debug: ignore,
    info: ignore,
    warn: said,
    error: (event, _fields, error) => {
      said(error instanceof Error ? `${event}: ${error.name}: ${error.message}` : event);
    },
    child: () => log,
  };
  return log;
}

export const noMetrics: Metrics = { count: ignore, gauge: ignore, observe: ignore };

function ignore(): void {
  // A simulated house has no operator.
}
