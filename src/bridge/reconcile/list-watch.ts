/** Asks each provider that keeps a list what came in since the last time, at the start and by the hour. */
import { z } from 'zod';
import { wait, type Clock } from '../../core/clock.ts';
import { after, must, noMillis, parseConnectorId, parseMillis, type ConnectorId, type Millis } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import type { Journal } from '../../journal/journal.ts';
import { readKv } from '../../journal/kv-store.ts';
import type { ProviderLists } from './missed.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-lists'));
const HOUR_MS = 60 * 60_000;
/** What came in while a list was read is in the next one; and nobody's clock is quite right. */
const OVERLAP_MS = HOUR_MS;
const FIRST_PAUSE_MS = 5_000;

const asked = z.custom<Millis>((value) => parseMillis(value).ok);

export interface ListWatchDeps {
  readonly journal: Pick<Journal, 'append' | 'views'>;
  readonly lists: ProviderLists;
  readonly connectors: readonly ConnectorId[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A provider that can't be asked is asked for the whole time again; it keeps nobody else from being asked.
 * @returns those that could not be asked
 */
export async function askLists(deps: ListWatchDeps, signal: AbortSignal): Promise<readonly ConnectorId[]> {
  const unasked: ConnectorId[] = [];
  for (const connector of deps.connectors) {
    const now = deps.clock.now();
    const since = after(noMillis, Math.max(0, Math.min((await lastAsked(connector, deps)) ?? now, now) - OVERLAP_MS));
    try {
      const listed = await deps.lists.takeIn(connector, since, signal);
      // Cut off in the middle, it was not read to its end.
      if (signal.aborted) return unasked;
      if (listed !== undefined) await noteAsked(connector, now, deps);
    } catch (error) {
      if (error instanceof JournalDown) throw error;
      deps.log.warn('reconcile.list-failed', { connector });
      unasked.push(connector);
    }
  }
  return unasked;
}

/** After a start: what came while we were down is not to wait for the hour where the network was not up as soon as we were. */
export async function askUntilTold(deps: ListWatchDeps, signal: AbortSignal): Promise<void> {
  let { connectors } = deps;
  for (let pause = FIRST_PAUSE_MS; connectors.length > 0; pause = Math.min(pause * 2, HOUR_MS)) {
    await wait(deps.clock, pause, signal);
    if (signal.aborted) return;
    connectors = await askLists({ ...deps, connectors }, signal);
  }
}

async function lastAsked(connector: ConnectorId, { journal }: ListWatchDeps): Promise<Millis | undefined> {
  const { views } = journal;
  const value = await views.read((reading) => readKv({ connector: OWNER, key: connector }, reading, views.sealer));
  return value === undefined ? undefined : asked.parse(Number(Buffer.from(value).toString('utf8')));
}

async function noteAsked(connector: ConnectorId, at: Millis, { journal }: ListWatchDeps): Promise<void> {
  await journal.append([], { kv: [{ connector: OWNER, key: connector, value: Buffer.from(String(at)) }] });
}
