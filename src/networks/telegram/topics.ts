/**
 * Topics of a group (Bot API, "Chat", `is_forum`; "Message", `is_topic_message` and `message_thread_id`). A group is one
 * room here, and an answer belongs where the conversation is: what answers a message goes into its topic by itself, all
 * else into the topic of the newest message, which is noted with that message. So are the names of topics, which only some
 * messages tell.
 */
import { z } from 'zod';
import { parseJson, type JsonObject } from '../../core/json.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import { messageShape, type Message } from './shapes.ts';

const namedShape = z.object({ name: z.string().min(1) });
const NAME_MOST = 128;
/** Of one group. */
const namesMost = 200;

/** Undefined outside of topics; the general one has no number. */
export function topicOf({ is_topic_message: isTopic, message_thread_id: topic }: Message): number | undefined {
  return isTopic === true ? topic : undefined;
}

/**
 * In a topic whatever answers nothing is told as an answer to the message that opened the topic: so it is told as
 * what it is (tdlib/telegram-bot-api, from memory; the simulator does the same).
 */
export function opensItsTopic(message: Message, repliedTo: number): boolean {
  return topicOf(message) === repliedTo;
}

/** For the officer: in which topic it was written. */
export function topicWire(message: Message): JsonObject {
  const topic = topicOf(message);
  if (topic === undefined) return {};
  const name = nameIn(openingOf(message)?.['forum_topic_created']);
  return { topic, ...(name === undefined ? {} : { topicName: name }) };
}

function openingOf(message: Message) {
  return messageShape.partial({ date: true }).safeParse(message['reply_to_message']).data;
}

/** By a message that opens a topic or names it anew. */
function namedBy(message: Message): string | undefined {
  return nameIn(message['forum_topic_created']) ?? nameIn(message['forum_topic_edited']);
}

/** Of "ForumTopicCreated" and "ForumTopicEdited" (Bot API): undefined where it says none. */
function nameIn(told: unknown): string | undefined {
  return namedShape.safeParse(told).data?.name.slice(0, NAME_MOST);
}

/** What to commit with the message: one note for each group with topics. */
function newestNote(message: Message): KvEdit | undefined {
  const { chat } = message;
  if (chat.type !== 'supergroup') return undefined;
  const topic = topicOf(message);
  if (topic !== undefined) return { key: keyOf(chat.id), value: Buffer.from(String(topic)) };
  return chat.is_forum === true ? { key: keyOf(chat.id), value: null } : undefined;
}

export async function newestTopic(kv: Pick<Kv, 'get'>, chat: number): Promise<number | undefined> {
  const value = await kv.get(keyOf(chat));
  const topic = value === undefined ? Number.NaN : Number(Buffer.from(value).toString('utf8'));
  return Number.isSafeInteger(topic) ? topic : undefined;
}

function keyOf(chat: number): string {
  return `topic/${String(chat)}`;
}

const storedNames = z.array(z.tuple([z.number(), z.string()]));
type Names = Map<number, string>;

/** What one batch tells of topics. `edits` commit with it, and what one update tells is known for the next. */
export class Topics {
  readonly #kv: Pick<Kv, 'get'>;
  readonly #groups = new Map<number, Names>();
  readonly #edits = new Map<string, KvEdit>();

  constructor(kv: Pick<Kv, 'get'>) {
    this.#kv = kv;
  }

  get edits(): readonly KvEdit[] {
    return [...this.#edits.values()];
  }

  /**
   * Learns what the message tells; `isNew` unless it is an old one that was edited. @returns what its topic is called; undefined outside of topics, and for what says the
   * name itself
   */
  async of(message: Message, isNew: boolean): Promise<string | undefined> {
    if (isNew) this.#note(newestNote(message));
    const topic = topicOf(message);
    if (topic === undefined) return undefined;
    const { chat } = message;
    const names = await this.#names(chat.id);
    const given = namedBy(message);
    // What opened a topic keeps its first name, whatever it is called now.
    const name = given ?? names.get(topic) ?? nameIn(openingOf(message)?.['forum_topic_created']);
    if (name !== undefined && name !== names.get(topic)) this.#learn(chat.id, names.set(topic, name));
    return given === undefined ? (name ?? 'a topic') : undefined;
  }

  async #names(chat: number): Promise<Names> {
    const known = this.#groups.get(chat);
    if (known !== undefined) return known;
    const value = await this.#kv.get(namesKey(chat));
    const stored = value === undefined ? undefined : parseJson(Buffer.from(value).toString('utf8'));
    const names: Names = new Map(storedNames.safeParse(stored).data);
    this.#groups.set(chat, names);
    return names;
  }

  #learn(chat: number, names: Names): void {
    const [oldest] = names.keys();
    if (names.size > namesMost && oldest !== undefined) names.delete(oldest);
    this.#note({ key: namesKey(chat), value: Buffer.from(JSON.stringify([...names])) });
  }

  #note(edit: KvEdit | undefined): void {
    if (edit !== undefined) this.#edits.set(edit.key, edit);
  }
}

function namesKey(chat: number): string {
  return `topics/${String(chat)}`;
}
