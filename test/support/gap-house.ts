/** Looking for gaps over a real journal and a homeserver of the test's own. */
import { Arrivals } from '../../src/matrix/gaps/arrivals.ts';
import { DeliveryWatch } from '../../src/matrix/gaps/delivery-watch.ts';
import type { GapDeps } from '../../src/bridge/gaps/gap-deps.ts';
import { gapsWriterPart } from '../../src/bridge/gaps/projections.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/core/entry.ts';
import { must, parsePosition } from '../../src/core/ids.ts';
import { err, ok } from '../../src/core/result.ts';
import { openTestJournal, type TestJournal } from './journal.ts';
import { ManualClock } from './manual-clock.ts';
import { KeptLog, KeptMetrics } from './quiet.ts';
import { StreamModel } from './stream-model.ts';

export interface GapHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: StreamModel;
  readonly test: TestJournal;
  readonly deps: GapDeps;
  readonly log: KeptLog;
  readonly warnings: Map<string, string>;
  /** Gives a sign of a restart. */
  sign(sign: string): void;
  /** The homeserver hands over its next batch and brings a transaction, which is recorded. */
  deliver(batch?: number, order?: readonly number[], size?: number): Promise<void>;
  /** Lets everything that can happen by itself happen, with the homeserver delivering, until `promise` is settled. */
  finish<T>(promise: Promise<T>): Promise<T>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
}

export interface KeptHouse {
  readonly clock: ManualClock;
  readonly server: StreamModel;
  readonly place: TestJournal['place'];
}

export async function openGapHouse(kept?: KeptHouse, more: Partial<GapDeps> = {}): Promise<GapHouse> {
  const clock = kept?.clock ?? new ManualClock();
  const server = kept?.server ?? new StreamModel(clock);
  const options = { parts: [gapsWriterPart()], clock };
  const test = await openTestJournal(kept === undefined ? options : { ...options, place: kept.place });
  const { journal } = test;
  const arrivals = new Arrivals(clock, clock);
  const watch = new DeliveryWatch({ barrier: server, arrivals, clock });
  const log = new KeptLog();
  const warnings = new Map<string, string>();
  const listeners = new Set<(sign: string) => void>();
  const deps: GapDeps = {
    journal,
    history: server,
    onRecord: { missing: (events) => journal.reader.missingOf('matrix', events) },
    deliveries: watch,
    ping: () => Promise.resolve(server.away ? err({ kind: 'down', detail: 'away' }) : ok({ ms: 1 })),
    onSign: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clock,
    log,
    metrics: new KeptMetrics(),
    warnings: {
      set: (id, words) => {
        warnings.set(id, words);
      },
      clear: (id) => {
        warnings.delete(id);
      },
    },
    ...more,
  };
  const deliver = async (batch = 4, order: readonly number[] = [3, 2, 1, 0], size = 1): Promise<void> => {
    const drafts = server.transaction(batch, order, size);
    if (drafts.length === 0) return;
    await journal.append(drafts);
    arrivals.note(drafts.map((draft) => draft.body));
  };
  return {
    ...{ clock, server, test, deps, log, warnings, deliver },
    sign: (sign) => {
      for (const listener of listeners) listener(sign);
    },
    finish: async (promise) => {
      const ended = new AbortController();
      const done = promise.finally(() => {
        ended.abort();
      });
      // What is asked of the journal takes real time; the clock goes on only while nothing is queued.
      while (!ended.signal.aborted) {
        await deliver();
        await new Promise((resolve) => setImmediate(resolve));
        if (server.queued === 0) clock.advance(100);
      }
      return done;
    },
    entries: async <K extends EntryKind>(kind: K) => {
      const size = await journal.size();
      const positions = Array.from({ length: size }, (_, index) => must(parsePosition(index + 1)));
      const all = await journal.readMany(positions);
      return all.filter((entry): entry is Entry & EntryOf<K> => !('erased' in entry) && entry.kind === kind);
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}
