/** Opens the configured connectors, each with a context of its own, and gives them one lifetime. */
import type { Bridge, GateKeeper } from '../bridge/bridge.ts';
import type { Passing } from '../bridge/alarms/passing.ts';
import type { Inbound } from '../bridge/inbound/inbound.ts';
import { takeMissed, type Listed, type ProviderLists } from '../bridge/reconcile/missed.ts';
import type { ConnectorSettings } from '../config/connector-settings.ts';
import type { Clock } from '../core/clock.ts';
import type { ConnectorStateName } from '../core/network-entries.ts';
import type { ConnectorId, Millis } from '../core/ids.ts';
import type { Line } from '../core/line.ts';
import type { Connector, ConnectorContext, Kv } from '../core/ports/connector.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { Webhook } from '../core/ports/webhook.ts';
import type { Journal } from '../journal/journal.ts';
import { listKv, readKv } from '../journal/kv-store.ts';
import type { Fetching } from '../networks/fetch/fetching.ts';
import { loadConnector } from '../networks/registry.ts';

/** Time that each connector has to say goodbye to its network. */
const STOP_MS = 5_000;

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
  readonly #open = new Map<ConnectorId, Connector>();
  readonly #inbound = new Map<ConnectorId, Inbound>();
  readonly #states = new Map<ConnectorId, ConnectorStateName>();
  readonly #webhooks = new Map<ConnectorId, Webhook>();
  readonly #stopping = new AbortController();

  get(id: ConnectorId): Connector | undefined {
    return this.#open.get(id);
  }

  /** `starting`: it isn't made yet; undefined where nobody calls it. */
  webhookOf(id: ConnectorId): Webhook | 'starting' | undefined {
    return this.#open.has(id) ? this.#webhooks.get(id) : 'starting';
  }

  states(): Readonly<Record<ConnectorId, ConnectorStateName>> {
    return Object.fromEntries(this.#states);
  }

  /**
   * Makes them, each behind its closed gate: a task may ask for one from now on, and waits until it is connected.
   * @throws Error for a type that isn't there: the config's check has refused it before.
   */
  async open(options: ConnectorsOptions): Promise<void> {
    for (const settings of options.settings) {
      const module = await loadConnector(settings, options.cwd);
      if (!module.ok) throw new Error(module.error);
      const ctx = this.#contextOf(settings.id, options);
      this.#open.set(settings.id, await naming(settings.id, () => module.value.open(ctx, settings.reveal())));
      ctx.state({ name: 'starting' });
    }
  }

  /** From now on they bring what comes in. */
  async start(): Promise<void> {
    for (const [id, connector] of this.#open) await naming(id, () => connector.start());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(Array.from(this.#open.values(), (connector) => connector.stop(STOP_MS)));
  }

  /** Takes in what the connector's provider lists since then; undefined where it has no list. */
  async takeIn(id: ConnectorId, since: Millis, signal: AbortSignal): Promise<Listed | undefined> {
    const [connector, inbound] = [this.#open.get(id), this.#inbound.get(id)];
    if (connector === undefined || inbound === undefined) return undefined;
    return takeMissed({ connector, take: (events) => inbound.take(events), signal }, since);
  }

  #contextOf(id: ConnectorId, options: ConnectorsOptions): ConnectorContext {
    const { journal, bridge, gates, passing, clock, log, metrics } = options;
    const inbound = bridge.inbound(id);
    this.#inbound.set(id, inbound);
    return {
      id,
      lines: options.lines.filter((line) => line.connector === id).map((line) => line.address),
      http: {
        url: webhookUrl(options.publicUrl, id),
        onRequest: (webhook) => this.#webhooks.set(id, webhook),
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
      signal: this.#stopping.signal,
      kv: kvOf(id, journal),
      ingest: async (events, kv) => {
        await inbound.ingest(events, kv);
        passing.passed(id);
      },
      outcome: async (update, kv) => {
        await inbound.outcome(update, kv);
        passing.passed(id);
      },
      state: (state) => {
        if (state.name === 'connected' && this.#states.get(id) !== 'connected') {
          metrics.count('connector_connects', { connector: id });
        }
        this.#states.set(id, state.name);
        passing.state(id, state.name);
        bridge.connectorState(id, state, gates);
      },
    };
  }
}

/** What a connector can't begin with is the config's or a package's affair: whoever reads it must know whose. */
export class ConnectorFailed extends Error {}

async function naming<T>(id: ConnectorId, begin: () => T | Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new ConnectorFailed(`connector ${id} can't begin: ${words}`, { cause: error });
  }
}

function kvOf(connector: ConnectorId, journal: Journal): Kv {
  const { views } = journal;
  return {
    get: (key) => views.read((reading) => readKv({ connector, key }, reading, views.sealer)),
    list: (prefix) => views.read((reading) => listKv({ connector, prefix }, reading, views.sealer)),
    apply: async (changes) => {
      await journal.append([], { kv: changes.map((change) => ({ ...change, connector })) });
    },
  };
}
