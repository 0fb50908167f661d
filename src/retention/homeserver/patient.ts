/** Asks the homeserver again where it was busy or away for a moment. */
import { wait, type Clock } from '../../core/clock.ts';
import type { Position } from '../../core/ids.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Result } from '../../core/result.ts';

const TRIES = 4;
const AGAIN_MS = 250;
const MOST_WAIT_MS = 30_000;

/** It is away, and stays so: all of it is done later. */
export class HomeserverAway extends Error {
  override name = 'HomeserverAway';
}

export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What it answers in the end. @throws HomeserverAway where it doesn't answer at all, or we are told to stop */
export async function patiently<T>(
  ask: () => Done<T>,
  { clock, signal }: Patience,
): Promise<Result<T, HomeserverFailure>> {
  let failure: HomeserverFailure | undefined;
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    const answer = await ask();
    if (answer.ok) return answer;
    failure = answer.error;
    const ms = waitAfter(failure, tries);
    if (ms === undefined) return answer;
    await wait(clock, ms, signal);
  }
  if (failure !== undefined && !signal.aborted && brokenWithin(failure)) return { ok: false, error: failure };
  throw new HomeserverAway();
}

function waitAfter(failure: HomeserverFailure, tries: number): number | undefined {
  if (failure.kind === 'rate-limited') return Math.min(failure.afterMs, MOST_WAIT_MS);
  return failure.kind === 'down' || failure.kind === 'unclear' ? AGAIN_MS * 2 ** tries : undefined;
}

/** It is there, and breaks over this very thing: waiting for it would hold up all the rest for ever. */
function brokenWithin(failure: HomeserverFailure): boolean {
  return failure.kind !== 'rate-limited' && 'detail' in failure && failure.detail === 'HTTP 500';
}

export type AwayLog = Pick<Log, 'warn'>;

/** Undefined where the homeserver is away meanwhile: the run asks again later. */
export async function orLater<T>(run: Position, log: AwayLog, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HomeserverAway)) throw error;
    log.warn('retention.homeserver-away', { run });
    return undefined;
  }
}
