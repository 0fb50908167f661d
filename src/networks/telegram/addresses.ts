/**
 * How Telegram's numbers are written here. People, groups and connected accounts are `tg:<id>`: an id never changes and
 * is nobody else's; names change. Groups have negative ids (Bot API, "Chat"). The bot's own line is its `@username`.
 */
import { must, parseAddress, parseRemoteId, type Address, type RemoteId } from '../../core/ids.ts';

/** Of a person, a group or a connected account. */
export function addressOf(id: number): Address {
  return must(parseAddress(`tg:${String(id)}`));
}

/** Undefined where it is no address of a person or a group on Telegram. */
export function chatIdOf(address: string): number | undefined {
  const found = /^tg:(-?[1-9]\d{0,15})$/u.exec(address)?.[1];
  const id = Number(found ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Where a message stands: ids of messages are unique in one chat of one account only. */
export interface MessagePlace {
  readonly chat: number;
  readonly message: number;
  /** The connected account whose chat it is; absent in the bot's own chats. */
  readonly account?: number | undefined;
}

/** `<chat>/<message>`, in a connected account's chat `<account>:<chat>/<message>`. */
export function remoteIdOf({ chat, message, account }: MessagePlace): RemoteId {
  const whose = account === undefined ? '' : `${String(account)}:`;
  return must(parseRemoteId(`${whose}${String(chat)}/${String(message)}`));
}

/** Undefined for an id that this connector never gave. */
export function placeOf(id: RemoteId): MessagePlace | undefined {
  const found = /^(?:(\d{1,16}):)?(-?\d{1,16})\/(\d{1,16})$/u.exec(id);
  if (found === null) return undefined;
  const account = found[1] === undefined ? {} : { account: Number(found[1]) };
  return { chat: Number(found[2]), message: Number(found[3]), ...account };
}
