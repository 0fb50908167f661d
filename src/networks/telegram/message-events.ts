/** Messages, edits and service messages as the house knows them. */
import type { NetworkMessage, RepliedTo } from '../../core/network-entries.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RemoteId, Millis } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { z } from 'zod';
import { addressOf, remoteIdOf } from './addresses.ts';
import { contentOf } from './content.ts';
import { endsWithAccount, endsWithBot, writerOf } from './ends.ts';
import type { Account, Arrived, Known } from './known.ts';
import { movedChat } from './moved-chat.ts';
import { serviceWords } from './service-words.ts';
import { chatShape, messageShape, nameOf, userShape, type Message } from './shapes.ts';
import { timeOf } from './time.ts';
import { opensItsTopic, topicWire } from './topics.ts';

const QUOTE_MOST = 2_000;

export interface Reading {
  readonly arrived: Arrived;
  readonly known: Known;
  readonly edited: boolean;
}

/** A message of any chat, new or edited. */
export function messageEvents(message: Message, reading: Reading): readonly NetworkEvent[] {
  const connection = message.business_connection_id;
  const account = connection === undefined ? undefined : reading.known.account(connection);
  if (connection !== undefined && account === undefined) {
    return [aside(message, reading.arrived, 'a message of an account that is not connected to the bot')];
  }
  const moved = movedChat(message, reading.known.bot.line, reading.arrived);
  if (moved !== undefined) return [moved];
  const id = idOf(message, account);
  if (message.sender_business_bot?.id === reading.known.bot.id && repeatsOurs(message, id, reading)) {
    return [aside(message, reading.arrived, 'our own message, as Telegram repeats it')];
  }
  return reading.edited
    ? [editEvent(message, { ...reading, account, id })]
    : [newEvent(message, { ...reading, account, id })];
}

/** What belongs into no room, with its bytes. */
export function aside({ date }: Pick<Message, 'date'>, { update, raw }: Arrived, what: string): NetworkEvent {
  return {
    kind: 'unsupported',
    what,
    id: `update/${String(update)}/${String(date)}`,
    sure: true,
    at: timeOf(date),
    raw,
  };
}

interface Placed extends Reading {
  readonly account: Account | undefined;
  readonly id: RemoteId | undefined;
}

/** Messages that vanish by themselves, and some that are not sent yet, have the number 0: nothing can name them later. */
function idOf({ message_id: number, chat }: Message, account: Account | undefined): RemoteId | undefined {
  return number === 0 ? undefined : remoteIdOf({ chat: chat.id, message: number, account: account?.user });
}

/** An edit by somebody else of what we wrote has other words than ours. */
function repeatsOurs(message: Message, id: RemoteId | undefined, { edited, known }: Reading): boolean {
  return !edited || (id !== undefined && known.editedByUs(id, message.text ?? message.caption ?? ''));
}

function endsOf(message: Message, { account, known }: Placed) {
  const writer = writerOf(message);
  if (account !== undefined) return endsWithAccount(message.chat, writer, account);
  return endsWithBot(message.chat, writer, known.bot);
}

function newEvent(message: Message, placed: Placed): NetworkEvent {
  const { arrived, id } = placed;
  const { name } = writerOf(message);
  const service = serviceWords(message);
  const content = service === undefined ? contentOf(message) : { text: service, service: true };
  const replyTo = repliedTo(message, placed.account);
  const wire = wireOf(message);
  const said: Omit<NetworkMessage, 'connector' | 'network'> = {
    ...endsOf(message, placed),
    ...content,
    ...inTopic(placed),
    ...(name === undefined ? {} : { fromName: name }),
    ...(id === undefined ? {} : { remoteId: id }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(isForwarded(message) ? { forwarded: 'once' as const } : {}),
    ...(Object.keys(wire).length === 0 ? {} : { wire }),
  };
  const own = id === undefined ? `update/${String(arrived.update)}/${String(message.date)}` : `message/${id}`;
  return { kind: 'message', message: said, id: own, sure: true, at: timeOf(message.date), raw: arrived.raw };
}

function editEvent(message: Message, placed: Placed): NetworkEvent {
  const { arrived, id } = placed;
  if (id === undefined) return aside(message, arrived, 'a change of a message that has no number');
  const at: Millis = timeOf(message.edit_date ?? message.date);
  const version = `${String(message.edit_date ?? 0)}/${String(arrived.update)}`;
  const edit = { ...endsOf(message, placed), ...contentOf(message), ...inTopic(placed), target: id };
  return { kind: 'edit', edit, id: `edit/${id}/${version}`, sure: true, at, raw: arrived.raw };
}

function inTopic({ known: { topic } }: Placed): { readonly topic?: string } {
  return topic === undefined ? {} : { topic };
}

const quoteShape = z.object({ text: z.string() });
const repliedShape = messageShape.partial({ date: true });

function repliedTo(message: Message, account: Account | undefined): RepliedTo | undefined {
  const replied = repliedShape.safeParse(message['reply_to_message']).data;
  if (replied === undefined || replied.message_id === 0 || opensItsTopic(message, replied.message_id)) return undefined;
  const id = remoteIdOf({ chat: replied.chat.id, message: replied.message_id, account: account?.user });
  const quote = quoteShape.safeParse(message['quote']).data?.text ?? replied.text ?? replied.caption;
  return { id, ...(quote === undefined ? {} : { text: quote.slice(0, QUOTE_MOST) }) };
}

function isForwarded(message: Message): boolean {
  return message['forward_origin'] !== undefined || message['forward_date'] !== undefined;
}

const originShape = z.object({
  sender_user: userShape.optional(),
  sender_user_name: z.string().optional(),
  sender_chat: chatShape.optional(),
  chat: chatShape.optional(),
});

/** For the officer: what of it was said in no other field. */
function wireOf(message: Message): JsonObject {
  const album = z.string().safeParse(message['media_group_id']).data;
  const bot = message.sender_business_bot;
  const forwardedFrom = originOf(message);
  const quote = quoteShape.safeParse(message['quote']).data?.text;
  const elsewhere =
    message['external_reply'] === undefined || quote === undefined ? {} : { quotedFromElsewhere: quote };
  return {
    ...topicWire(message),
    ...(album === undefined ? {} : { album }),
    ...(bot === undefined ? {} : { writtenByBot: addressOf(bot.id) }),
    ...(forwardedFrom === undefined ? {} : { forwardedFrom }),
    ...(message['is_from_offline'] === true ? { sentByItself: true } : {}),
    ...elsewhere,
  };
}

/** Undefined where Telegram names nobody. */
function originOf(message: Message): string | undefined {
  const origin = originShape.safeParse(message['forward_origin']).data;
  if (origin === undefined) {
    const old = userShape.safeParse(message['forward_from']).data;
    return old === undefined ? undefined : nameOf(old);
  }
  const { sender_user: user, sender_user_name: hidden, sender_chat: behind, chat } = origin;
  return hidden ?? (user === undefined ? undefined : nameOf(user)) ?? behind?.title ?? chat?.title;
}
