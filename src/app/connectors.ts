/** Opens the configured connectors, each with a context of its own, and gives them one lifetime. */
import type { Bridge, GateKeeper } from '../bridge/bridge.ts';
import type { Passing } from '../bridge/alarms/passing.ts';
import type { Inbound } from '../bridge/inbound/inbound.ts';
import { takeMissed, type Listed, type ProviderLists } from '../bridge/reconcile/missed.ts';
import type { ConnectorSettings } from '../config/connector-settings.ts';
import { wait, type Clock } from '../core/clock.ts';
import type { ConnectorId, Millis } from '../core/ids.ts';
import type { Line } from '../core/line.ts';
import type { Connector, ConnectorContext, Kv } from '../core/ports/connector.ts';
import type { ConnectorHealth } from '../core/ports/health.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { Webhook } from '../core/ports/webhook.ts';
import type { Journal } from '../journal/journal.ts';
import { listKv, readKv } from '../journal/kv-store.ts';
import type { Fetching } from '../networks/fetch/fetching.ts';
import { loadConnector } from '../networks/registry.ts';
import { ConnectorLife, type Attempt, type LifeOptions } from './connector-life.ts';
import { errorWords } from './connector-words.ts';

/** So long the rest of the house waits for those that begin: they read their notes, and no more. */
const BEGIN_MS = 10_000;

export interface ConnectorsOptions {
  readonly settings: readonly ConnectorSettings[];
  readonly lines: readonly Line[];
  /** Below which packages of connectors are looked for first. */
  readonly cwd: string;
  /** Where providers reach the webhooks listener, as the config says. */
  readonly publicUrl: string | undefined;
  readonly fetching: Fetching;
  readonly journal: Journal;
  readonly bridge: Bridge;
  readonly gates: GateKeeper;
  /** Hears what each connector says of itself and lets through. */
  readonly passing: Pick<Passing, 'state' | 'passed'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Where providers reach a connector's webhook; undefined where the config has no `publicUrl`. */
export function webhookUrl(publicUrl: string | undefined, id: ConnectorId): string | undefined {
  return publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/u, '')}/webhooks/${id}`;
}

export class Connectors implements ProviderLists {
  readonly #lives = new Map<ConnectorId, ConnectorLife>();
  readonly #inbound = new Map<ConnectorId, Inbound>();
  readonly #states = new Map<ConnectorId, ConnectorHealth>();

  get(id: ConnectorId): Connector | undefined {
    return this.#lives.get(id)?.connector;
  }

  /** `starting`: it isn't made yet; undefined where nobody calls it. */
  webhookOf(id: ConnectorId): Webhook | 'starting' | undefined {
    const life = this.#lives.get(id);
    return life === undefined ? 'starting' : life.webhook;
  }

  states(): Readonly<Record<ConnectorId, ConnectorHealth>> {
    return Object.fromEntries(this.#states);
  }

  /**
   * Makes them, each behind its closed gate: a task may ask for one from now on, and waits until it is connected.
   * @throws Error for a type that isn't there: the config's check has refused it before. ConnectorFailed for one that
   *   can't be made of its config.
   */
  async open(options: ConnectorsOptions): Promise<void> {
    for (const settings of options.settings) {
      const module = await loadConnector(settings, options.cwd);
      if (!module.ok) throw new Error(module.error);
      const { id } = settings;
      const state = this.#stateOf(id, options);
      const words = (error: unknown): string => errorWords(error, settings.reveal());
      const life = naming({ id, words }, () => {
        const make = (attempt: Attempt): Connector =>
          module.value.open(this.#contextOf(id, options, attempt), settings.reveal());
        return new ConnectorLife({ id, make, state, words, clock: options.clock, log: options.log });
      });
      this.#lives.set(id, life);
      state({ name: 'starting' });
    }
  }

  /** From now on they bring what comes in. One that can't begin is tried again; nobody waits for it. */
  async start({ clock }: Pick<ConnectorsOptions, 'clock'>): Promise<void> {
    const enough = new AbortController();
    const begun = Promise.all(Array.from(this.#lives.values(), (life) => life.start()));
    await Promise.race([begun, wait(clock, BEGIN_MS, enough.signal)]);
    enough.abort();
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#lives.values(), (life) => life.stop()));
  }

  /** Takes in what the connector's provider lists since then; undefined where it has no list. */
  async takeIn(id: ConnectorId, since: Millis, signal: AbortSignal): Promise<Listed | undefined> {
    const [life, inbound] = [this.#lives.get(id), this.#inbound.get(id)];
    if (life === undefined || inbound === undefined) return undefined;
    if (life.failed) throw new Error(`${id} has not begun: its list is read when it has`);
    return takeMissed({ connector: life.connector, take: (events) => inbound.take(events), signal }, since);
  }

  /** Whoever must know hears how it is. */
  #stateOf(id: ConnectorId, { metrics, passing, bridge, gates }: ConnectorsOptions): LifeOptions['state'] {
    return (state) => {
      if (state.name === 'connected' && this.#states.get(id) !== 'connected') {
        metrics.count('connector_connects', { connector: id });
      }
      this.#states.set(id, state.name);
      passing.state(id, state.name);
      bridge.connectorState(id, state, gates);
    };
  }

  #contextOf(id: ConnectorId, options: ConnectorsOptions, attempt: Attempt): ConnectorContext {
    const { journal, bridge, passing, clock, log, metrics } = options;
    const inbound = this.#inbound.get(id) ?? bridge.inbound(id);
    this.#inbound.set(id, inbound);
    return {
      id,
      lines: options.lines.filter((line) => line.connector === id).map((line) => line.address),
      http: {
        url: webhookUrl(options.publicUrl, id),
        onRequest: attempt.onRequest,
      },
      fetch: options.fetching.fetch,
      api: options.fetching.api,
      typing: (typing) => {
        bridge.shown.typing(id, typing);
      },
      presence: (presence) => {
        bridge.shown.presence(id, presence);
      },
      log: log.child({ connector: id }),
      metrics,
      clock,
      signal: attempt.signal,
      kv: kvOf(id, journal),
      ingest: async (events, kv) => {
        await inbound.ingest(events, kv);
        passing.passed(id);
      },
      outcome: async (update, kv) => {
        await inbound.outcome(update, kv);
        passing.passed(id);
      },
      state: attempt.state,
    };
  }
}

/** What a connector can't be made of is the config's or a package's affair: whoever reads it must know whose. */
export class ConnectorFailed extends Error {}

function naming<T>({ id, words }: Pick<LifeOptions, 'id' | 'words'>, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new ConnectorFailed(`connector ${id} can't begin: ${words(error)}`, { cause: error });
  }
}

/** What a connector keeps, beside what it brings: in the same commits. */
export function kvOf(connector: ConnectorId, journal: Pick<Journal, 'views' | 'append'>): Kv {
  const { views } = journal;
  return {
    get: (key) => views.read((reading) => readKv({ connector, key }, reading, views.sealer)),
    list: (prefix) => views.read((reading) => listKv({ connector, prefix }, reading, views.sealer)),
    apply: async (changes) => {
      await journal.append([], { kv: changes.map((change) => ({ ...change, connector })) });
    },
  };
}
