/** Puts updates on record, in the order in which they came: all of them, or none. */
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import type { AccountDraft, Accounts } from './accounts.ts';
import { connectionIn, connectionNews, eventsOf, unreadable, updateOf, type Update } from './decode.ts';
import type { Bot, Known } from './known.ts';
import { messageShape, type Message } from './shapes.ts';
import { Topics } from './topics.ts';

interface Given {
  readonly ctx: Pick<ConnectorContext, 'clock' | 'ingest' | 'kv' | 'log'>;
  readonly accounts: Accounts;
  readonly editedByUs: Known['editedByUs'];
}

/** Updates that were cut apart, with the newest number among them; undefined where none has one. */
export interface Batch {
  readonly items: readonly (Update | Uint8Array)[];
  readonly newest: number | undefined;
}

export function batchOf(slices: readonly Uint8Array[]): Batch {
  const items = slices.map((slice) => updateOf(slice) ?? slice);
  const numbers = items.flatMap((item) => (item instanceof Uint8Array ? [] : [item.update]));
  return { items, newest: numbers.length === 0 ? undefined : Math.max(...numbers) };
}

/** What a batch tells beside its events. */
interface Learning {
  readonly draft: AccountDraft;
  readonly topics: Topics;
}

export class Inbox {
  readonly #given: Given;

  constructor(given: Given) {
    this.#given = given;
  }

  /**
   * Resolves when they are on record, `kv` in the same commit. @throws CannotAsk, and what `ingest` throws: then Telegram
   * must bring all of them again
   */
  async take({ items }: Pick<Batch, 'items'>, bot: Bot, kv: readonly KvEdit[] = []): Promise<void> {
    const { accounts, ctx } = this.#given;
    const draft = accounts.draft();
    const events: NetworkEvent[] = [];
    const topics = new Topics(ctx.kv);
    for (const item of items) events.push(...(await this.#read(item, bot, { draft, topics })));
    if (events.length > 0 || kv.length > 0) await ctx.ingest(events, [...draft.kv, ...topics.edits, ...kv]);
    accounts.keep(draft);
  }

  /** What Telegram said of the accounts when it was asked. */
  async takeNews(draft: AccountDraft): Promise<void> {
    const { accounts, ctx } = this.#given;
    if (draft.events.length > 0 || draft.kv.length > 0) await ctx.ingest(draft.events, draft.kv);
    accounts.keep(draft);
  }

  async #read(item: Update | Uint8Array, bot: Bot, { draft, topics }: Learning): Promise<readonly NetworkEvent[]> {
    const heard = this.#given.ctx.clock.now();
    if (item instanceof Uint8Array) return [unreadable(item, heard)];
    const connection = connectionIn(item);
    if (connection !== undefined) await draft.know(connection);
    const before = draft.events.splice(0);
    const news = connectionNews(item);
    if (news !== undefined) return [...before, ...draft.take(news, { update: item.update, at: heard, raw: item.raw })];
    const message = groupMessage(item);
    const topic = message === undefined ? undefined : await topics.of(message, item.kind === 'message');
    const known: Known = { bot, topic, account: (id) => draft.get(id), editedByUs: this.#given.editedByUs };
    return [...before, ...this.#decoded(item, known)];
  }

  /** A mistake of ours in reading one update costs its reading, and nothing else. */
  #decoded(item: Update, known: Known): readonly NetworkEvent[] {
    const heard = this.#given.ctx.clock.now();
    try {
      return eventsOf(item, known, heard);
    } catch (error) {
      this.#given.ctx.log.error('telegram.update-unread', { update: item.update }, error);
      return [unreadable(item.raw, heard)];
    }
  }
}

/** Of the bot's own chats: a connected account's are no groups. */
function groupMessage({ kind, held }: Update): Message | undefined {
  return kind === 'message' || kind === 'edited_message' ? messageShape.safeParse(held).data : undefined;
}
