/** WhatsApp over Meta's Cloud API: joins the webhook, sending and files into the connector that the core knows. */
import { wait } from '../../core/clock.ts';
import { parseAddress, type Address, type RemoteId } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type {
  Connector,
  ConnectorContext,
  FileFetched,
  FileWish,
  Refusal,
  Resolved,
} from '../../core/ports/connector.ts';
import type {
  ChatRef,
  OutboundMessage,
  OutboundReaction,
  OutboundRead,
  OutboundTyping,
  SendResult,
  Template,
} from '../../core/ports/outbound.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { WebhookAnswer, WebhookRequest } from '../../core/ports/webhook.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { capabilitiesOf } from './capabilities.ts';
import { refusesLine, type WhatsAppConfig } from './config.ts';
import { Graph } from './graph.ts';
import { Health } from './health.ts';
import { Inbound } from './inbound.ts';
import { fetchMedia } from './media.ts';
import { Outbound } from './outbound.ts';
import { People } from './people.ts';
import { Positions, type ToldOf } from './positions.ts';
import { challengeOf, isSigned } from './signature.ts';
import { Templates } from './templates.ts';
import { Windows } from './windows.ts';

/** Meta sends at most 3 MB. */
export const bodyMost = 4 * 1024 * 1024;

export class WhatsAppConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #config: WhatsAppConfig;
  readonly #numbers: ReadonlyMap<Address, string>;
  readonly #graph: Graph;
  readonly #health: Health;
  readonly #windows = new Windows();
  readonly #positions = new Positions();
  readonly #people: People;
  readonly #templates: Templates;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  #takesIn = false;
  #handling = 0;
  #idle = Promise.withResolvers<undefined>();

  /** @throws Error for a line whose number the config does not name */
  constructor(ctx: ConnectorContext, config: WhatsAppConfig) {
    this.#ctx = ctx;
    this.#config = config;
    this.#numbers = numbersOf(ctx.lines, config.numbers);
    this.#graph = new Graph(ctx, config);
    const [graph, numbers, windows, positions] = [this.#graph, this.#numbers, this.#windows, this.#positions];
    const phoneNumberIds = [...numbers.values()];
    this.#health = new Health({ ctx, graph, phoneNumberIds, everyMs: config.checkEvery });
    this.#templates = new Templates(graph, config.businessAccountId);
    const people = new People(ctx.kv);
    this.#people = people;
    const lines = new Map(Array.from(numbers, ([address, id]) => [id, address]));
    this.#inbound = new Inbound({ ctx, lines, people, windows, positions });
    const [health, templates, perSecond] = [this.#health, this.#templates, config.perSecond];
    this.#outbound = new Outbound({ ctx, graph, health, numbers, people, windows, templates, perSecond });
    ctx.http.onRequest({ methods: ['GET', 'POST'], maxBytes: bodyMost, handle: (request) => this.#handle(request) });
  }

  async start(): Promise<void> {
    const { kv, clock } = this.#ctx;
    this.#ctx.state({ name: 'starting' });
    await this.#windows.load(kv, clock.now());
    await this.#positions.load(kv);
    this.#takesIn = true;
    this.#health.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#takesIn = false;
    this.#health.stop();
    this.#outbound.stop();
    const enough = new AbortController();
    const heard = this.#handling > 0 ? this.#idle.promise : undefined;
    const done = Promise.all([heard, this.#outbound.idle()]).finally(() => {
      enough.abort();
    });
    await Promise.race([done, wait(this.#ctx.clock, deadlineMs * 0.9, enough.signal)]);
    enough.abort();
    this.#outbound.cutOff();
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(chat?: ChatRef): Capabilities {
    return capabilitiesOf(chat);
  }

  place(chat: ChatRef): Promise<void> | undefined {
    return this.#outbound.place(chat);
  }

  refuses(message: Omit<OutboundMessage, 'position' | 'attempt'>): Refusal | undefined {
    return this.#outbound.refuses(message);
  }

  async resolve(written: string): Promise<Result<Resolved, string>> {
    const address = await this.#people.find(written);
    return address === undefined
      ? err('WhatsApp needs a phone number with its country code, like +1 202 555 0199.')
      : ok({ address });
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#outbound.send(message);
  }

  react(reaction: OutboundReaction): Promise<SendResult> {
    return this.#outbound.react(reaction);
  }

  markRead({ from, id }: OutboundRead): Promise<void> {
    return this.#tell(from, { messaging_product: 'whatsapp', status: 'read', message_id: id });
  }

  /** It ends by itself after 25 seconds, or with the answer; it tells that the message was read. */
  async typing({ from, on, last }: OutboundTyping): Promise<void> {
    if (!on || last === undefined) return;
    const typing = { typing_indicator: { type: 'text' } };
    await this.#tell(from, { messaging_product: 'whatsapp', status: 'read', message_id: last, ...typing });
  }

  templates(): Promise<readonly Template[]> {
    return this.#templates.list();
  }

  fetchFile(wish: FileWish): Promise<FileFetched> {
    return fetchMedia(wish, this.#graph);
  }

  /** Asked by our position, which each status of a send carries. */
  query(id: RemoteId): Promise<ToldOf | undefined> {
    return Promise.resolve(this.#positions.of(id));
  }

  async #tell(line: Address, body: object): Promise<void> {
    try {
      const answered = await this.#graph.post(`/${this.#numbers.get(line) ?? ''}/messages`, body);
      if (!answered.ok) this.#health.error(answered.error);
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
    }
  }

  async #handle(request: WebhookRequest): Promise<WebhookAnswer> {
    const { appSecret, otherAppSecret, verifyToken } = this.#config;
    if (request.method === 'GET') {
      const content = challengeOf(request.target, verifyToken);
      return content === undefined ? { to: 'refused' } : { to: 'accepted', body: { type: 'text/plain', content } };
    }
    const secrets = otherAppSecret === undefined ? [appSecret] : [appSecret, otherAppSecret];
    if (!isSigned(request.body, request.headers['x-hub-signature-256'], secrets)) return { to: 'bad-signature' };
    if (!this.#takesIn) throw new JournalDown('not taking in now');
    this.#handling += 1;
    try {
      await this.#inbound.receive(request.body);
      return { to: 'accepted' };
    } finally {
      this.#handling -= 1;
      if (this.#handling === 0) {
        this.#idle.resolve(undefined);
        this.#idle = Promise.withResolvers<undefined>();
      }
    }
  }
}

function numbersOf(
  lines: readonly Address[],
  configured: Readonly<Record<string, string>>,
): ReadonlyMap<Address, string> {
  for (const line of lines) {
    const refusal = refusesLine({ numbers: configured }, line);
    if (refusal !== undefined) throw new Error(`the line ${line} ${refusal.message}: ${refusal.fix}`);
  }
  return new Map(
    Object.entries(configured).flatMap(([written, id]) => {
      const address = parseAddress(written);
      return address.ok && (lines.length === 0 || lines.includes(address.value)) ? [[address.value, id] as const] : [];
    }),
  );
}
