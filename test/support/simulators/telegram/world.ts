/** What Telegram's servers know: people, chats, messages, connected accounts, files. */
import type { BusinessBotRights, BusinessConnection, Chat, Message, MessageEntity, User } from '@grammyjs/types';

export const DAY_S = 86_400;

/** A message as it stands now. */
export interface Held {
  readonly chat: number;
  readonly id: number;
  readonly date: number;
  readonly from: User;
  /** Sent by the bot, for itself or for an account. */
  readonly byBot: boolean;
  /** The account in whose chat it stands. */
  readonly connection?: string | undefined;
  text: string;
  entities: readonly MessageEntity[];
  /** Its words are a caption. */
  readonly media?: Media | undefined;
  readonly place?: Place | undefined;
  /** The topic of its group. */
  readonly topic?: number | undefined;
  readonly replyTo?: number | undefined;
  reactions: readonly string[];
  deleted: boolean;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  /** Of a venue. */
  readonly title?: string;
  readonly address?: string;
}

export interface Media {
  readonly field: string;
  readonly file: StoredFile;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface GroupHeld {
  readonly id: number;
  title: string;
  readonly type: 'group' | 'supergroup';
  movedTo?: number;
  /** A group with topics: the numbers of the messages that opened them, and their names. */
  readonly topics?: Map<number, string>;
  botIsIn: boolean;
  /** Then the bot hears reactions. */
  botIsAdministrator: boolean;
}

export class World {
  readonly bot: User;
  readonly users = new Map<number, User>();
  readonly groups = new Map<number, GroupHeld>();
  /** People who wrote to the bot. */
  readonly known = new Set<number>();
  /** People who blocked it. */
  readonly blocked = new Set<number>();
  readonly connections = new Map<string, BusinessConnection>();
  /** `<connection> <chat>`: when the other one wrote last there, Unix time. */
  readonly lastWritten = new Map<string, number>();
  readonly messages: Held[] = [];
  readonly files = new Map<string, StoredFile>();
  /** Seconds that Telegram's clock is ahead of ours. */
  aheadS = 0;
  #lastId = 100;

  constructor(bot: User) {
    this.bot = bot;
  }

  now(): number {
    return Math.floor(Date.now() / 1_000) + this.aheadS;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  find(chat: number, id: number, connection?: string): Held | undefined {
    return this.messages.find(
      (one) => one.chat === chat && one.id === id && one.connection === connection && !one.deleted,
    );
  }

  person(id: number): User {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`nobody has the id ${String(id)}`);
    return user;
  }

  privateChat(user: User): Chat.PrivateChat {
    const { id, first_name, last_name, username } = user;
    return {
      id,
      type: 'private',
      first_name,
      ...(last_name === undefined ? {} : { last_name }),
      ...(username === undefined ? {} : { username }),
    };
  }

  chat(id: number): Chat {
    const group = this.groups.get(id);
    if (group === undefined) return this.privateChat(this.person(id));
    const { title, type, topics } = group;
    if (type === 'group') return { id, type, title };
    return { id, type, title, ...(topics === undefined ? {} : { is_forum: true as const }) };
  }

  keepFile(file: Omit<StoredFile, 'id'>): StoredFile {
    const stored = { ...file, id: `AgACAgIAAxkBAAIB${String(this.files.size + 1).padStart(8, '0')}` };
    this.files.set(stored.id, stored);
    return stored;
  }

  /** As `Message` of the Bot API. */
  message(held: Held): Message {
    const connection = held.connection === undefined ? undefined : this.connections.get(held.connection);
    const message: Message = {
      message_id: held.id,
      date: held.date,
      chat: this.chat(held.chat),
      from: held.from,
      ...(connection === undefined ? {} : { business_connection_id: connection.id }),
      ...(connection !== undefined && held.byBot ? { sender_business_bot: this.bot } : {}),
      ...(held.topic === undefined ? {} : { message_thread_id: held.topic, is_topic_message: true as const }),
      ...this.#content(held),
    };
    const replied = held.replyTo === undefined ? undefined : this.find(held.chat, held.replyTo, held.connection);
    if (replied === undefined) return Object.assign(message, this.#opening(held));
    return Object.assign(message, { reply_to_message: this.message({ ...replied, replyTo: undefined }) });
  }

  /** What answers nothing in a topic is told as an answer to the message that opened it. */
  #opening({ chat, date, topic, byBot }: Held): object {
    const name = topic === undefined ? undefined : this.groups.get(chat)?.topics?.get(topic);
    if (topic === undefined || name === undefined || byBot) return {};
    const opened = { forum_topic_created: { name, icon_color: 7_322_096 as const } };
    const of = { message_id: topic, message_thread_id: topic, date, chat: this.chat(chat), from: this.bot };
    return { reply_to_message: { ...of, is_topic_message: true, ...opened } };
  }

  #content({ text, entities, media, place }: Held): Partial<Message> {
    if (place !== undefined) return placeFields(place);
    if (media === undefined) return { text, ...(entities.length === 0 ? {} : { entities: [...entities] }) };
    const caption = text === '' ? {} : { caption: text };
    const marks = entities.length === 0 ? {} : { caption_entities: [...entities] };
    return { ...mediaFields(media), ...caption, ...marks };
  }
}

/** A venue has its location beside it ("Message", `venue`). */
function placeFields({ latitude, longitude, title, address }: Place): Partial<Message> {
  const location = { latitude, longitude };
  if (title === undefined || address === undefined) return { location };
  return { location, venue: { location, title, address } };
}

function mediaFields({ field, file }: Media): Partial<Message> {
  const { id, name, type, bytes } = file;
  const of = { file_id: id, file_unique_id: `u${id.slice(-8)}`, file_size: bytes.length };
  const moving = { ...of, width: 320, height: 240, duration: 3, mime_type: type, file_name: name };
  switch (field) {
    case 'photo':
      return {
        photo: [
          { ...of, file_id: `${id}s`, width: 90, height: 67, file_size: 1_000 },
          { ...of, width: 1_280, height: 960 },
        ],
      };
    case 'video':
      return { video: moving };
    case 'animation':
      return { animation: moving, document: { ...of, file_name: name, mime_type: type } };
    case 'voice':
      return { voice: { ...of, duration: 3, mime_type: type } };
    case 'audio':
      return { audio: { ...of, duration: 180, mime_type: type, file_name: name } };
    case 'sticker':
      return {
        sticker: { ...of, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false, emoji: '🙂' },
      };
    default:
      return { document: { ...of, file_name: name, mime_type: type } };
  }
}

export function connectionOf(given: {
  readonly id: string;
  readonly user: User;
  readonly date: number;
  readonly enabled: boolean;
  readonly rights: BusinessBotRights;
}): BusinessConnection {
  const { id, user, date, enabled, rights } = given;
  return { id, user, user_chat_id: user.id, date, is_enabled: enabled, rights };
}
