/** What a connector sees of the core, in memory: it can refuse, it can be slow, and its notes outlive a connector. */
import type { Log, LogFields } from '../../../src/core/ports/log.ts';
import type {
  ConnectorContext,
  ConnectorState,
  KvEdit,
  NetworkEvent,
  OutboundUpdate,
  RemotePresence,
  RemoteTyping,
} from '../../../src/core/ports/connector.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import {
  must,
  parseClassId,
  parseConnectorId,
  parseLineId,
  parseNetworkId,
  type Address,
} from '../../../src/core/ids.ts';
import type { Draft } from '../../../src/core/entry.ts';
import type { Recorder } from '../../../src/core/ports/recorder.ts';
import { networkDraft, receiptDraft, type Receiving } from '../../../src/bridge/inbound/network-drafts.ts';
import { KeptLog } from '../../support/quiet.ts';
import type { Webhook, WebhookAnswer, WebhookRequest } from '../../../src/core/ports/webhook.ts';
import type { Door } from './door.ts';
import { createFetching, type Fetching } from '../../../src/networks/fetch/fetching.ts';

export interface Given {
  /** Of the connector before: what is on disk outlives it. */
  readonly kv?: Map<string, Uint8Array>;
  readonly clock?: Clock;
  /** The addresses of the config's lines. Default none. */
  readonly lines?: readonly Address[];
  /** Where the connector's webhook is asked over a socket; without it only `call` reaches the webhook. */
  readonly door?: Door;
  /** Default: the product's own, which may not reach this machine by links, only by `api`. */
  readonly fetching?: Pick<Fetching, 'fetch' | 'api'>;
}

export class TestCore {
  readonly events: NetworkEvent[] = [];
  readonly updates: OutboundUpdate[] = [];
  /** What the journal could not have kept as what the connector said it is: its drafts, instead of that. */
  readonly unkept: Draft[] = [];
  readonly states: ConnectorState[] = [];
  readonly logged: string[] = [];
  /** What was shown while it lasted. */
  readonly typed: RemoteTyping[] = [];
  readonly appeared: RemotePresence[] = [];
  /** What the connector counted, as `name {labels}`. */
  readonly counted: string[] = [];
  readonly kv: Map<string, Uint8Array>;
  readonly clock: Clock;
  /** Called before each commit: throw to refuse, await to be slow. */
  gate: (events: readonly NetworkEvent[]) => Promise<void> = () => Promise.resolve();
  /** A real record, for what comes in to be on as well. */
  journal: Recorder | undefined;
  /** So many commits go through and are then said to have failed, as when a database is lost in the midst of one. */
  failAfterCommit = 0;
  readonly #abort = new AbortController();
  readonly #given: Given;
  readonly #fetching: Pick<Fetching, 'fetch' | 'api'>;
  #webhook: Webhook | undefined;
  #gone = false;

  constructor(given: Given = {}) {
    this.#given = given;
    this.kv = given.kv ?? new Map<string, Uint8Array>();
    this.clock = given.clock ?? systemClock;
    this.#fetching = given.fetching ?? createFetching({ clock: this.clock });
  }

  get texts(): string[] {
    return this.events.flatMap((event) => (event.kind === 'message' ? [event.message.text] : []));
  }

  /** As the record keeps them: what comes again under a sure id is known. */
  get distinct(): NetworkEvent[] {
    const known = new Set<string>();
    return this.events.filter(({ id, sure }) => !sure || (!known.has(id) && known.add(id)));
  }

  /** The texts of `distinct`. */
  get heard(): string[] {
    return this.distinct.flatMap((event) => (event.kind === 'message' ? [event.message.text] : []));
  }

  /** What the connector asked to be called with; undefined for one that nobody calls. */
  get webhook(): Webhook | undefined {
    return this.#webhook;
  }

  /** The provider calls, without a socket. @throws what the webhook throws: the listener answers 500 or 503 then */
  call(request: WebhookRequest): Promise<WebhookAnswer> {
    if (this.#webhook === undefined) return Promise.reject(new Error('the connector has no webhook'));
    return this.#webhook.handle(request);
  }

  /** As after SIGKILL: nothing more is recorded or noted, whatever the connector still does. */
  kill(): void {
    this.#gone = true;
  }

  /** Tells the connector that it must stop, as the core does just before `stop`. */
  abort(): void {
    this.#abort.abort();
  }

  get state(): string | undefined {
    return this.states.at(-1)?.name;
  }

  context(): ConnectorContext {
    return {
      fetch: this.#fetching.fetch,
      api: this.#fetching.api,
      http: {
        url: this.#given.door?.url ?? 'https://gatehouse.example/webhooks/carrier',
        onRequest: (webhook) => {
          this.#webhook = webhook;
          this.#given.door?.answeredBy(webhook);
        },
      },
      lines: this.#given.lines ?? [],
      typing: (typing) => this.typed.push(typing),
      presence: (presence) => this.appeared.push(presence),
      id: must(parseConnectorId('carrier')),
      log: this.#log(),
      metrics: {
        count: (name, labels = {}) => this.counted.push(`${name} ${JSON.stringify(labels)}`),
        gauge: () => undefined,
        observe: () => undefined,
      },
      clock: this.clock,
      signal: this.#abort.signal,
      kv: {
        get: (key) => Promise.resolve(this.kv.get(key)),
        list: (prefix) =>
          Promise.resolve(
            Array.from(this.kv, ([key, value]) => ({ key, value })).filter(({ key }) => key.startsWith(prefix)),
          ),
        apply: (changes) => {
          this.#alive();
          this.#note(changes);
          return Promise.resolve();
        },
      },
      ingest: async (given, kv = []) => {
        const events = 'kind' in given ? [given] : given;
        await this.gate(events);
        this.#alive();
        const drafts = events.map((event) => this.#kept(networkDraft(event, receiving(endsIn(event))), event.kind));
        await this.journal?.append(drafts);
        this.events.push(...events);
        this.#note(kv);
        this.failAfterCommit -= 1;
        if (this.failAfterCommit >= 0) throw new Error('the connection to the database broke');
      },
      outcome: async (update, kv = []) => {
        await this.gate([]);
        this.#alive();
        this.#kept(receiptDraft(update, receiving([])), 'receipt');
        this.updates.push(update);
        this.#note(kv);
      },
      state: (state) => {
        if (!this.#gone) this.states.push(state);
      },
    };
  }

  #alive(): void {
    if (this.#gone) throw new Error('this process was killed');
  }

  #kept(draft: Draft, said: NetworkEvent['kind'] | 'receipt'): Draft {
    if (draft.kind === 'network.unsupported' && said !== 'unsupported') this.unkept.push(draft);
    return draft;
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

/** Every address that could be a line's: whether it is one is not the connector's to know. */
function endsIn(event: NetworkEvent): readonly Address[] {
  switch (event.kind) {
    case 'message':
      return [event.message.from, event.message.to];
    case 'edit':
      return [event.edit.from, event.edit.to];
    case 'redaction':
      return [event.redaction.from, event.redaction.to];
    case 'reaction':
      return [event.reaction.from, event.reaction.to];
    case 'consent':
      return [event.consent.from, event.consent.to];
    case 'chat':
      return [event.chat.line];
    case 'account':
    case 'unsupported':
      return [];
  }
}

function receiving(addresses: readonly Address[]): Receiving {
  const [connector, network] = [must(parseConnectorId('carrier')), must(parseNetworkId('sms'))];
  const of = {
    connector,
    network,
    supervisors: [],
    routing: 'shared' as const,
    class: must(parseClassId('short-30d')),
  };
  const lines = addresses.map((address) => ({ ...of, address, id: must(parseLineId('sales')), name: 'Sales' }));
  return { connector, network, lines, log: new KeptLog() };
}
