/** Who wrote an update to whom, in the house's words. */
import type { Ends, Group } from '../../core/network-entries.ts';
import { addressOf } from './addresses.ts';
import type { Account, Bot } from './known.ts';
import { nameOf, type Chat, type Message, type User } from './shapes.ts';

/** Telegram's stand-ins: an administrator who hides behind the group, and posts that come from a channel by themselves. */
const anonymousAdministrator = 1_087_968_824;
const telegramItself = 777_000;

export interface Writer {
  readonly id: number;
  readonly name?: string | undefined;
}

export function isGroup({ type, id }: Chat): boolean {
  return type === undefined ? id < 0 : type !== 'private';
}

export function groupOf(chat: Chat): Group {
  return { id: addressOf(chat.id), ...(chat.title === undefined ? {} : { name: chat.title }) };
}

/** In a private chat it is the other one, whoever is named. */
export function writerOf({ from, sender_chat: sender, author_signature: signature, chat }: Message): Writer {
  if (from?.id === anonymousAdministrator) return { id: from.id, name: signature ?? 'an administrator' };
  const behind = behindWhom(sender, from, chat);
  if (behind !== undefined) return { id: behind.id, name: signature ?? behind.title ?? nameOf(behind) };
  const writer = from ?? chat;
  return { id: writer.id, name: nameOf(writer) };
}

/** The channel or group in whose name it was written. */
function behindWhom(sender: Chat | undefined, from: User | undefined, chat: Chat): Chat | undefined {
  if (sender === undefined) return undefined;
  return from === undefined || from.id === telegramItself || sender.id !== chat.id ? sender : undefined;
}

/** In the bot's own chats. */
export function endsWithBot(chat: Chat, writer: Pick<Writer, 'id'>, bot: Bot): Ends {
  const group = isGroup(chat) ? { group: groupOf(chat) } : {};
  if (writer.id === bot.id) return { from: bot.line, to: addressOf(chat.id), own: true, ...group };
  return { from: addressOf(writer.id), to: bot.line, ...group };
}

/** In a connected account's chats: what its owner writes elsewhere is the line's own. */
export function endsWithAccount(chat: Chat, writer: Pick<User, 'id'> | undefined, account: Account): Ends {
  if (writer?.id === account.user) return { from: account.line, to: addressOf(chat.id), own: true };
  return { from: addressOf(chat.id), to: account.line };
}
