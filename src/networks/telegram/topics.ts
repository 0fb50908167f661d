/**
 * Topics of a group (Bot API, "Chat", `is_forum`; "Message", `is_topic_message` and `message_thread_id`). A group is one
 * room here, and an answer belongs where the conversation is: what answers a message goes into its topic by itself, all
 * else into the topic of the newest message, which is noted with that message.
 */
import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import { messageShape, type Message } from './shapes.ts';

const createdShape = z.object({ name: z.string() });
const NAME_MOST = 128;

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
  const opening = messageShape.partial({ date: true }).safeParse(message['reply_to_message']).data;
  const name = createdShape.safeParse(opening?.['forum_topic_created']).data?.name;
  return { topic, ...(name === undefined ? {} : { topicName: name.slice(0, NAME_MOST) }) };
}

/** What to commit with the message: one note for each group with topics. */
export function topicNote(message: Message): KvEdit | undefined {
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
