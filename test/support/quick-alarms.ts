/** Gatehouse as `gatehouse run --config FILE` starts it, with alarms that take seconds where they take minutes. */
import { createApp } from '../../src/app.ts';
import { standardLimits } from '../../src/bridge/alarms/limits.ts';
import { connectorTypesOf } from '../../src/cli/connector-types.ts';
import { loadConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLog } from '../../src/telemetry/create-log.ts';
import { createMetrics } from '../../src/telemetry/create-metrics.ts';

const [file = ''] = process.argv.slice(2);
const config = await loadConfig(file, { connectorTypes: await connectorTypesOf() });
if (!config.ok) throw new Error(`${file} can't be used`);
const app = await createApp({
  ...{ config: config.value, version: 'test', pid: process.pid, clock: systemClock },
  log: createLog({ stream: process.stdout, clock: systemClock }),
  metrics: createMetrics(),
  writerUrl: new URL('../../src/writer.ts', import.meta.url),
  scannerUrl: new URL('../../src/scanner.ts', import.meta.url),
  limits: { ...standardLimits, lookMs: 1_000, clearMs: 3_000, stuckMs: 4_000 },
});
if (!app.ok) throw new Error(app.error);
await new Promise<void>((resolve) => {
  process.once('SIGTERM', resolve);
});
await app.value[Symbol.asyncDispose]();
