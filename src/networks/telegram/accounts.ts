/**
 * The connected accounts (Bot API, "BusinessConnection"): whose they are, which line each is, and what it lets us do. What
 * is heard of them is on record before it is believed here: `draft`, ingest with the draft's notes, `keep`.
 */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import { addressOf } from './addresses.ts';
import { accountNews, type Heard } from './account-words.ts';
import type { BotApi } from './bot-api.ts';
import type { Account } from './known.ts';
import { connectionShape, nameOf, type Connection } from './shapes.ts';

/** Accounts that are no line: anybody can connect any bot. */
const othersMax = 1_000;
const prefix = 'account/';

const keptShape = z.object({ connection: connectionShape, line: z.string() });

interface Given {
  readonly ctx: Pick<ConnectorContext, 'kv' | 'lines' | 'clock'>;
  readonly api: BotApi;
  readonly signal: AbortSignal;
}

/** Telegram can't be asked now: what came waits. */
export class CannotAsk extends Error {
  override name = 'CannotAsk';
}

export class Accounts {
  readonly #given: Given;
  /** One for each connection of an account that is a line. */
  readonly #known = new Map<string, Account>();
  readonly #others = new Map<string, Account>();

  constructor(given: Given) {
    this.#given = given;
  }

  /** Takes in what an earlier process noted. */
  async load(): Promise<void> {
    for (const { value } of await this.#given.ctx.kv.list(prefix)) {
      const kept = keptShape.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
      const line = parseAddress(kept?.line);
      if (kept === undefined || !line.ok) continue;
      this.#known.set(kept.connection.id, accountOf(kept.connection, line.value));
    }
  }

  get(connection: string): Account | undefined {
    return this.#known.get(connection) ?? this.#others.get(connection);
  }

  /** The connection that is open on this line; undefined where there is none. */
  onLine(line: Address): Account | undefined {
    return Array.from(this.#known.values()).findLast((one) => one.line === line && one.enabled);
  }

  /** How many of these lines have no open connection. */
  missing(lines: readonly Address[]): number {
    return lines.filter((line) => this.onLine(line) === undefined).length;
  }

  draft(): AccountDraft {
    return new AccountDraft(this, this.#given);
  }

  /** What the draft heard is on record now. */
  keep(draft: AccountDraft): void {
    for (const account of draft.heard.values()) this.#put(account);
  }

  /** Asks Telegram about all that are open: who was disconnected while we were away for long is told. */
  async refresh(): Promise<AccountDraft> {
    const draft = this.draft();
    for (const account of this.#known.values()) {
      if (account.enabled && (await draft.ask(account.connection)) === 'unknown') draft.lose(account);
    }
    return draft;
  }

  /** By the account's id, by its name, or as it was when it still had that name. */
  lineOf({ id, username }: Connection['user']): Address {
    const { lines } = this.#given.ctx;
    const own = addressOf(id);
    const named = `@${username ?? ''}`.toLowerCase();
    const earlier = Array.from(this.#known.values()).find(({ user }) => user === id)?.line;
    return lines.find((line) => line === own) ?? lines.find((line) => line.toLowerCase() === named) ?? earlier ?? own;
  }

  #put(account: Account): void {
    const isLine = this.#given.ctx.lines.includes(account.line);
    const place = isLine ? this.#known : this.#others;
    place.delete(account.connection);
    place.set(account.connection, account);
    const oldest = this.#others.keys().next();
    if (this.#others.size > othersMax && oldest.done !== true) this.#others.delete(oldest.value);
  }
}

export class AccountDraft {
  readonly heard = new Map<string, Account>();
  readonly events: NetworkEvent[] = [];
  readonly kv: KvEdit[] = [];
  readonly #accounts: Accounts;
  readonly #given: Given;

  constructor(accounts: Accounts, given: Given) {
    this.#accounts = accounts;
    this.#given = given;
  }

  get(connection: string): Account | undefined {
    return this.heard.get(connection) ?? this.#accounts.get(connection);
  }

  /** The events say what is new about it: none, where nothing is. */
  take(connection: Connection, heard: Heard): readonly NetworkEvent[] {
    const before = this.get(connection.id);
    const line = this.#accounts.lineOf(connection.user);
    const account = accountOf(connection, line);
    this.heard.set(connection.id, account);
    const isLine = this.#given.ctx.lines.includes(line);
    if (isLine)
      this.kv.push({ key: `${prefix}${connection.id}`, value: Buffer.from(JSON.stringify({ connection, line })) });
    return accountNews({ account, before, isLine }, heard);
  }

  /** @throws CannotAsk */
  async know(connection: string): Promise<void> {
    if (this.get(connection) === undefined) await this.ask(connection);
  }

  /** @throws CannotAsk */
  async ask(id: string): Promise<'known' | 'unknown'> {
    const { api, ctx, signal } = this.#given;
    const answer = await api.call('getBusinessConnection', { business_connection_id: id }, { signal });
    if (answer.is === 'refused' && answer.code === 400) return 'unknown';
    if (answer.is !== 'ok') throw new CannotAsk('getBusinessConnection');
    const connection = connectionShape.safeParse(answer.result).data;
    if (connection === undefined) return 'unknown';
    this.events.push(...this.take(connection, { at: ctx.clock.now(), raw: answer.bytes }));
    return 'known';
  }

  /** Telegram doesn't know it any more. */
  lose({ connection: id, user, name }: Account): void {
    const lost = { id, user: { id: user, first_name: name }, date: 0, is_enabled: false };
    const raw = Buffer.from(JSON.stringify(lost));
    this.events.push(...this.take(lost, { at: this.#given.ctx.clock.now(), raw }));
  }
}

function accountOf(connection: Connection, line: Address): Account {
  const { id, user, rights, is_enabled: enabled } = connection;
  return {
    connection: id,
    user: user.id,
    line,
    name: nameOf(user),
    enabled,
    mayReply: (rights?.can_reply ?? connection.can_reply) === true,
    mayRead: rights?.can_read_messages === true,
    mayDelete: mayDelete(rights ?? {}),
  };
}

function mayDelete({
  can_delete_sent_messages: sent,
  can_delete_outgoing_messages: outgoing,
  can_delete_all_messages: all,
}: NonNullable<Connection['rights']>): boolean {
  return [sent, outgoing, all].includes(true);
}
