/** Telegram as a bot sees it, on the loopback interface; with everything that people do there. */
import type { BusinessBotRights, Message, MessageEntity, ReactionTypeEmoji, User } from '@grammyjs/types';
import type { ToldAct } from './methods.ts';
import { BotApiServer, type Heard } from './server.ts';
import { Updates } from './updates.ts';
import { connectionOf, World, type GroupHeld, type Held, type Media } from './world.ts';

export interface TelegramOptions {
  readonly host?: string;
  readonly port?: number;
  readonly token?: string;
  readonly username?: string;
  /** Webhooks without TLS, as with a server of one's own that was started with --local. Default: yes. */
  readonly local?: boolean;
  readonly heard?: (call: Heard) => void;
  /** Between two calls of what a webhook did not take; a few when left out. */
  readonly againMs?: number;
}

export const telegramToken = '123456:AAF-telegram-token-of-a-test-bot_1';

/** Where somebody writes: to the bot, in a group, or to a connected account. */
export interface At {
  readonly group?: number;
  /** Of a group that has topics. */
  readonly topic?: number;
  /** Id of the connection: then `from` may be the account's owner, and `to` is the other one. */
  readonly connection?: string;
  readonly to?: number;
  readonly replyTo?: number;
  readonly entities?: readonly MessageEntity[];
}

type GivenFile = Omit<Media['file'], 'id'> & { readonly field: string; readonly caption?: string };
type Emoji = ReactionTypeEmoji['emoji'];

export class TelegramSimulator implements AsyncDisposable {
  readonly world: World;
  readonly updates: Updates;
  /** What was called, newest last. */
  readonly heard: readonly Heard[];
  readonly #server: BotApiServer;

  private constructor({ world, updates, server, heard }: Made) {
    this.world = world;
    this.updates = updates;
    this.heard = heard;
    this.#server = server;
  }

  static async start(options: TelegramOptions = {}): Promise<TelegramSimulator> {
    const { host = '127.0.0.1', port = 0, token = telegramToken, username = 'AcmeBot', local = true } = options;
    const world = new World({ id: Number(token.split(':')[0]), is_bot: true, first_name: 'Acme', username });
    const updates = new Updates(() => world.now(), options.againMs);
    const calls: Heard[] = [];
    const heard = (call: Heard): void => {
      calls.push(call);
      options.heard?.(call);
    };
    const server = await BotApiServer.listen({ token, world, updates, local, host, port, heard });
    return new TelegramSimulator({ world, updates, server, heard: calls });
  }

  get url(): string {
    return this.#server.url;
  }

  get told(): readonly ToldAct[] {
    return this.#server.told;
  }

  /** Messages of the bot's, for itself or for an account, in order. */
  get sent(): readonly Held[] {
    return this.world.messages.filter(({ byBot }) => byBot);
  }

  addPerson(user: Omit<User, 'is_bot'>): User {
    const person = { ...user, is_bot: false };
    this.world.users.set(user.id, person);
    return person;
  }

  addGroup(group: Pick<GroupHeld, 'id' | 'title' | 'type' | 'topics'>): void {
    this.world.groups.set(group.id, { ...group, botIsIn: true, botIsAdministrator: true });
  }

  /** Resolves with true when the bot has confirmed it. */
  writes(from: number, text: string, at: At = {}): Promise<boolean> {
    return this.#tell(this.#hold(from, { text }, at));
  }

  /** A file, with words under it. */
  sendsFile(from: number, file: GivenFile, at: At = {}): Promise<boolean> {
    const media = { field: file.field, file: this.world.keepFile(file) };
    return this.#tell(this.#hold(from, { text: file.caption ?? '', media }, at));
  }

  sendsPlace(from: number, place: NonNullable<Held['place']>, at: At = {}): Promise<boolean> {
    return this.#tell(this.#hold(from, { text: '', place }, at));
  }

  /** A message with any other content of the Bot API. */
  sends(from: number, content: Partial<Message>, at: At = {}): Promise<boolean> {
    const held = this.#hold(from, { text: '' }, at);
    const message = this.world.message(held);
    delete message.text;
    return this.#push('message', { ...message, ...content }, held);
  }

  edits(from: number, text: string): Promise<boolean> {
    const held = this.newestOf(from);
    held.text = text;
    return this.#push('edited_message', { ...this.world.message(held), edit_date: this.world.now() }, held);
  }

  /** The newest message of the bot's in the chat with this person. */
  reacts(from: number, keys: readonly Emoji[]): Promise<boolean> {
    const held = this.sent.findLast(({ chat }) => chat === from);
    if (held === undefined) throw new Error('the bot has sent nothing there');
    const reaction = {
      chat: this.world.chat(held.chat),
      message_id: held.id,
      user: this.world.person(from),
      date: this.world.now(),
      old_reaction: [],
      new_reaction: keys.map((emoji) => ({ type: 'emoji' as const, emoji })),
    };
    return this.updates.push({ message_reaction: reaction }, held.chat);
  }

  blocks(from: number, blocked = true): Promise<boolean> {
    if (blocked) this.world.blocked.add(from);
    else this.world.blocked.delete(from);
    const user = this.world.bot;
    const [old, now] = blocked ? (['member', 'kicked'] as const) : (['kicked', 'member'] as const);
    const status = (of: 'member' | 'kicked') =>
      of === 'member' ? { status: of, user } : { status: of, user, until_date: 0 };
    const member = {
      chat: this.world.chat(from),
      from: this.world.person(from),
      date: this.world.now(),
      old_chat_member: status(old),
      new_chat_member: status(now),
    };
    return this.updates.push({ my_chat_member: member }, from);
  }

  /** Somebody connects his account to the bot, changes what it may do, or disconnects it. */
  connects(
    user: User,
    { id, enabled = true, rights = {} }: { id: string; enabled?: boolean; rights?: BusinessBotRights },
  ): Promise<boolean> {
    const connection = connectionOf({ id, user, date: this.world.now(), enabled, rights });
    this.world.connections.set(id, connection);
    return this.updates.push({ business_connection: connection }, user.id);
  }

  /** In a connected account's chat. */
  deletes(connection: string, chat: number, ids: readonly number[]): Promise<boolean> {
    for (const id of ids) {
      const held = this.world.find(chat, id, connection);
      if (held !== undefined) held.deleted = true;
    }
    const of = this.world.privateChat(this.world.person(chat));
    const deleted = { business_connection_id: connection, chat: of, message_ids: [...ids] };
    return this.updates.push({ deleted_business_messages: deleted }, chat);
  }

  /** The group becomes a supergroup. */
  async upgrades(group: number, to: number, by: number): Promise<void> {
    const held = this.world.groups.get(group);
    if (held === undefined) throw new Error('no such group');
    held.movedTo = to;
    this.addGroup({ id: to, title: held.title, type: 'supergroup' });
    await Promise.all([
      this.sends(by, { migrate_to_chat_id: to }, { group }),
      this.sends(by, { migrate_from_chat_id: group }, { group: to }),
    ]);
  }

  newestOf(from: number): Held {
    const held = this.world.messages.findLast((one) => one.from.id === from && !one.byBot);
    if (held === undefined) throw new Error('nothing was written');
    return held;
  }

  /** So many sends are answered with "too many requests". */
  throttle(calls: number, seconds = 1): void {
    this.#server.throttled = { calls, seconds };
  }

  /** So many questions about accounts are answered with an error of Telegram's own. */
  set fails(calls: number) {
    this.#server.failing = calls;
  }

  loseAnswers(): void {
    this.#server.losesAnswers = true;
  }

  cut(): void {
    this.#server.cut();
  }

  async close(): Promise<void> {
    this.updates.close();
    await this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hold(from: number, content: Pick<Held, 'text' | 'media' | 'place'>, at: At): Held {
    const { world } = this;
    const held: Held = {
      chat: this.#chatOf(from, at),
      id: world.nextId(),
      date: world.now(),
      from: world.person(from),
      byBot: false,
      connection: at.connection,
      replyTo: at.replyTo,
      topic: at.topic,
      entities: at.entities ?? [],
      reactions: [],
      deleted: false,
      ...content,
    };
    world.messages.push(held);
    return held;
  }

  /** Notes who wrote, too: whoever has written can be answered. */
  #chatOf(from: number, { group, connection, to }: At): number {
    const { world } = this;
    if (group !== undefined) return group;
    if (connection === undefined) {
      world.known.add(from);
      return from;
    }
    if (world.connections.get(connection)?.user.id === from) return to ?? 0;
    world.lastWritten.set(`${connection} ${String(from)}`, world.now());
    return from;
  }

  #tell(held: Held): Promise<boolean> {
    return this.#push('message', this.world.message(held), held);
  }

  #push(kind: 'message' | 'edited_message', message: Message, held: Held): Promise<boolean> {
    const named = held.connection === undefined ? kind : kind.replace('message', 'business_message');
    return this.updates.push({ [named]: message }, held.chat);
  }
}

interface Made {
  readonly world: World;
  readonly updates: Updates;
  readonly server: BotApiServer;
  readonly heard: readonly Heard[];
}
