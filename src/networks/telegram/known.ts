/** What must be known to read an update: who we are, and whose the connected accounts are. */
import type { Address } from '../../core/ids.ts';

/** Somebody's own Telegram account that is connected to the bot (Bot API, "BusinessConnection"). */
export interface Account {
  /** Telegram's id of the connection: each time it is connected it gets another one. */
  readonly connection: string;
  readonly user: number;
  /** The address of its line; where the config has none for it, the account's own. */
  readonly line: Address;
  readonly name?: string | undefined;
  readonly enabled: boolean;
  readonly mayReply: boolean;
  readonly mayRead: boolean;
  readonly mayDelete: boolean;
}

export interface Bot {
  readonly id: number;
  /** The bot's line. */
  readonly line: Address;
}

export interface Known {
  readonly bot: Bot;
  /** Undefined for one that Telegram doesn't know either. */
  account(connection: string): Account | undefined;
  /** What the topic is called that the message of this update stands in; undefined where it stands in none. */
  readonly topic: string | undefined;
  /** Whether the message has had this text from us: then Telegram only repeats our own edit. */
  editedByUs(id: string, text: string): boolean;
}

/** One update on its way to the record. */
export interface Arrived {
  readonly update: number;
  readonly raw: Uint8Array;
}
