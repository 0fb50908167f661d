/** Health and metrics for the machine's own people and programs: on the loopback interface only. */
import type { Health, HealthReport } from '../core/ports/health.ts';
import type { Log } from '../core/ports/log.ts';
import { listen, plainApp, type Address, type Listener } from './listener.ts';

export interface AdminOptions {
  readonly at: Address;
  readonly health: Health;
  readonly metrics: { text(): Promise<{ readonly type: string; readonly body: string }> };
  readonly log: Log;
}

/**
 * `/healthz` 200 while the process answers; `/readyz` 200 or 503 with the state of database, homeserver and
 * connectors, and with 503 also the words that health has for it (`why`); `/metrics` for Prometheus. Everything else is 404.
 * @throws Error in words when `at` is not the loopback interface or can't be listened at.
 */
export async function startAdminListener(options: AdminOptions): Promise<Listener> {
  const { at, health, metrics, log } = options;
  if (!isLoopback(at.host)) {
    throw new Error(`listen.admin: ${at.host} can be reached from other machines; use 127.0.0.1`);
  }
  const app = plainApp();
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', async (_request, response) => {
    const report = await health();
    response.status(isReady(report) ? 200 : 503).json(readiness(report));
  });
  app.get('/metrics', async (_request, response) => {
    const { type, body } = await metrics.text();
    response.set('Content-Type', type).send(body);
  });
  return listen(app, { at, setting: 'listen.admin', log });
}

function readiness({ ok, database, homeserver, connectors, warnings }: HealthReport) {
  return { database, homeserver, connectors, ...(ok ? {} : { why: warnings }) };
}

/** Messages come and go now. A silent line or a task that was given up is told elsewhere and takes nobody out of service. */
function isReady({ database, homeserver, closedGates }: HealthReport): boolean {
  return database === 'ok' && homeserver === 'ok' && closedGates.length === 0;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}
