/** What the command line is given of the house: each command's share of it, opened when it is asked for. */
import { join } from 'node:path';
import { callRunning } from './app/control.ts';
import { writerParts } from './app/writer-parts.ts';
import { openRecords } from './app/offline-records.ts';
import { restoreIn } from './app/restore.ts';
import type { Program } from './cli/deps.ts';
import { systemClock } from './core/clock.ts';
import { err } from './core/result.ts';
import { runDemo } from './demo/demo.ts';
import { createLog } from './telemetry/create-log.ts';
import { createMetrics } from './telemetry/create-metrics.ts';

export interface Surroundings {
  readonly version: string;
  readonly pid: number;
  /** Where logs go, and whether a person reads them. */
  readonly output: NodeJS.WriteStream;
  /** Where a command's log goes: only what failed inside. */
  readonly errors: NodeJS.WriteStream;
  readonly cwd: string;
}

/** Where the threads begin: beside this file, in whatever form it runs. */
const THREADS = { writerUrl: threadUrl('writer'), scannerUrl: threadUrl('scanner') };

export function programIn({ version, pid, output, errors, cwd }: Surroundings): Program {
  const clock = systemClock;
  return {
    createApp: async (config) => {
      const log = createLog({ stream: output, clock, pretty: output.isTTY });
      try {
        // The Matrix libraries are slow to load, and only this command needs them.
        const { createApp } = await import('./app.ts');
        return await createApp({ config, version, pid, clock, log, metrics: createMetrics(), ...THREADS });
      } catch (error) {
        const { ConnectorFailed } = await import('./app/connectors.ts');
        if (error instanceof ConnectorFailed) return err(error.message);
        log.error('app.start-failed', {}, error);
        return err(error instanceof Error ? error.message : 'Gatehouse could not start');
      }
    },
    openRecords: (config) => {
      const log = createLog({ stream: errors, clock, level: 'error', pretty: true });
      return openRecords({ config, pid, version, clock, log, parts: writerParts(config.homeserver.domain) });
    },
    callRunning,
    restore: (config, asked) => restoreIn({ config, pid, clock, parts: writerParts(config.homeserver.domain) }, asked),
    runDemo: async ({ once, dataDir, lines, signal }) => {
      const say = (line: string): void => {
        output.write(`${line}\n`);
      };
      const cacheDir = join(cwd, '.cache', 'synapse');
      const { passed, failed } = await runDemo({ once, dataDir, cacheDir, say, lines, signal });
      say(`demo: ${passed} passed, ${failed} failed, 0 skipped`);
      return failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}

function threadUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}
