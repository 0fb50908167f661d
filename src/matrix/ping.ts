/**
 * Pings ourselves through the homeserver. A successful one makes a backed-off Synapse deliver at once, so it is done on
 * start and then every 30 seconds. A transaction that Synapse has forgotten it doesn't free (docs/decisions/0012).
 *
 * A transaction that comes while the answer is awaited says the same as the answer: the homeserver is there and reaches
 * us. A busy Synapse brings transactions long before it answers: after a crash of ours its answer took up to two minutes.
 */
import { MatrixError } from '@vector-im/matrix-bot-sdk';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wait, type Clock } from '../core/clock.ts';
import type { Done, HomeserverFailure } from '../core/ports/homeserver.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { failureOf } from './failure.ts';
import { ARCHIVE_ID, BRIDGE_ID } from './registrations.ts';

const TIMEOUT_MS = 20_000;
/**
 * Until the first one succeeds nothing that waited is delivered: one whose answer is lost must not cost much. After some a
 * homeserver that is only slow gets its time.
 */
const FIRST_TIMEOUT_MS = 5_000;
const IMPATIENT = 3;
const EVERY_MS = 30_000;
/**
 * While it fails: soon after the homeserver is back, messages flow. The first ones after our own crash often fail at once,
 * because Synapse asks on connections to the process that died, one after the other, until it has none of them left.
 */
const FAILING_MS = { first: 250, most: 5_000 };
const QUICK = 8;

/** How long to wait after so many that failed in a row, in milliseconds. */
function waitAfter(failed: number): number {
  if (failed === 0) return EVERY_MS;
  return Math.min(FAILING_MS.first * 2 ** Math.max(0, failed - QUICK), FAILING_MS.most);
}

export type Service = 'bridge' | 'archive';
export type PingResult = Result<{ readonly ms: number }, HomeserverFailure>;

const answerShape = z.object({ duration_ms: z.number() });
const ids: Readonly<Record<Service, string>> = { bridge: BRIDGE_ID, archive: ARCHIVE_ID };

/** Application service API, `POST /_matrix/client/v1/appservice/{id}/ping`; `refused` with M_CONNECTION_FAILED and the like
 * says that the homeserver is there and could not reach us. */
export async function ping(
  actors: Pick<Actors, 'service'>,
  service: Service,
  timeoutMs = TIMEOUT_MS,
): Done<{ readonly ms: number }> {
  const path = `/_matrix/client/v1/appservice/${ids[service]}/ping`;
  try {
    const body = { transaction_id: randomUUID() };
    const answer: unknown = await actors.service(service).doRequest('POST', path, null, body, timeoutMs);
    const decoded = answerShape.safeParse(answer);
    return decoded.success
      ? ok({ ms: decoded.data.duration_ms })
      : err({ kind: 'down', detail: 'the answer is not of the expected form' });
  } catch (error) {
    return err(pingFailure(error));
  }
}

function pingFailure(error: unknown): HomeserverFailure {
  if (!(error instanceof MatrixError) || error.statusCode < 500) return failureOf(error, true);
  return { kind: 'refused', status: error.statusCode, errcode: error.errcode, detail: error.error };
}

export interface Pinging {
  readonly actors: Pick<Actors, 'service'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Resolves when the homeserver has brought a transaction for the service since the call. */
  readonly brought: (service: Service) => Promise<undefined>;
}

/** Goes on until `signal` is aborted; `told` hears each result. */
export async function pingForever(
  service: Service,
  { actors, clock, signal, brought }: Pinging,
  told: (service: Service, result: PingResult) => void,
): Promise<void> {
  const ended = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  let everAnswered = false;
  let failed = 0;
  while (!signal.aborted) {
    const timeoutMs: number = everAnswered || failed >= IMPATIENT ? TIMEOUT_MS : FIRST_TIMEOUT_MS;
    const began = clock.monotonic();
    const reached = brought(service).then((): PingResult => ok({ ms: clock.monotonic() - began }));
    // A ping that hangs must not hold up the end.
    const result: PingResult | undefined = await Promise.race([ping(actors, service, timeoutMs), reached, ended]);
    if (result === undefined) return;
    told(service, result);
    everAnswered ||= result.ok;
    failed = result.ok ? 0 : failed + 1;
    await wait(clock, waitAfter(failed), signal);
  }
}
