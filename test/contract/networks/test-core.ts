/** What a connector sees of the core, in memory: it can refuse, it can be slow, and its notes outlive a connector. */
import type { Log, LogFields } from '../../../src/core/ports/log.ts';
import type {
  ConnectorContext,
  ConnectorState,
  KvEdit,
  NetworkEvent,
  OutboundUpdate,
} from '../../../src/core/ports/connector.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { must, parseConnectorId } from '../../../src/core/ids.ts';

export interface CountedClock extends Clock {
  /** Timers that have neither fired nor been cancelled. */
  readonly timers: number;
}

/** The computer's clock, which counts what it was asked for. */
export function countedClock(): CountedClock {
  let timers = 0;
  return {
    get timers() {
      return timers;
    },
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    after: (ms, callback) => {
      timers += 1;
      let open = true;
      const close = (): void => {
        if (open) timers -= 1;
        open = false;
      };
      const cancel = systemClock.after(ms, () => {
        close();
        callback();
      });
      return () => {
        close();
        cancel();
      };
    },
  };
}

export class TestCore {
  readonly events: NetworkEvent[] = [];
  readonly updates: OutboundUpdate[] = [];
  readonly states: ConnectorState[] = [];
  readonly logged: string[] = [];
  readonly kv: Map<string, Uint8Array>;
  readonly clock: Clock;
  /** Called before each commit: throw to refuse, await to be slow. */
  gate: (events: readonly NetworkEvent[]) => Promise<void> = () => Promise.resolve();
  /** So many commits go through and are then said to have failed, as when a database is lost in the midst of one. */
  failAfterCommit = 0;
  readonly #abort = new AbortController();

  constructor(given: { readonly kv?: Map<string, Uint8Array>; readonly clock?: Clock } = {}) {
    this.kv = given.kv ?? new Map<string, Uint8Array>();
    this.clock = given.clock ?? systemClock;
  }

  get texts(): string[] {
    return this.events.flatMap((event) => (event.kind === 'message' ? [event.message.text] : []));
  }

  get state(): string | undefined {
    return this.states.at(-1)?.name;
  }

  context(): ConnectorContext {
    return {
      id: must(parseConnectorId('carrier')),
      log: this.#log(),
      metrics: { count: () => undefined, gauge: () => undefined, observe: () => undefined },
      clock: this.clock,
      signal: this.#abort.signal,
      kv: {
        get: (key) => Promise.resolve(this.kv.get(key)),
        list: (prefix) =>
          Promise.resolve(
            Array.from(this.kv, ([key, value]) => ({ key, value })).filter(({ key }) => key.startsWith(prefix)),
          ),
        apply: (changes) => {
          this.#note(changes);
          return Promise.resolve();
        },
      },
      ingest: async (given, kv = []) => {
        const events = 'kind' in given ? [given] : given;
        await this.gate(events);
        this.events.push(...events);
        this.#note(kv);
        this.failAfterCommit -= 1;
        if (this.failAfterCommit >= 0) throw new Error('the connection to the database broke');
      },
      outcome: async (update, kv = []) => {
        await this.gate([]);
        this.updates.push(update);
        this.#note(kv);
      },
      state: (state) => {
        this.states.push(state);
      },
    };
  }

  #note(changes: readonly KvEdit[]): void {
    for (const { key, value } of changes) {
      if (value === null) this.kv.delete(key);
      else this.kv.set(key, value);
    }
  }

  #log(): Log {
    const write = (event: string, fields: LogFields = {}, error?: unknown): void => {
      this.logged.push(`${event} ${JSON.stringify(fields)} ${error instanceof Error ? error.message : ''}`);
    };
    const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
    return log;
  }
}
