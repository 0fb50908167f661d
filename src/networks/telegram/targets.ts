/** Where something goes: which chat, and for whom we write there. */
import type { Address } from '../../core/ids.ts';
import type { ChatRef, SendResult } from '../../core/ports/outbound.ts';
import type { Accounts } from './accounts.ts';
import { chatIdOf } from './addresses.ts';
import type { Account, Bot } from './known.ts';

/** Parameters that every method takes to name the chat. */
export interface Target {
  readonly chat: number;
  /** The connected account that we write for; absent for the bot itself. */
  readonly account?: Account;
}

export type Found = { readonly target: Target } | { readonly problem: Extract<SendResult, { state: 'failed' }> };

export function isGroupChat(address: Address): boolean {
  return (chatIdOf(address) ?? 0) < 0;
}

export function targetOf({ from, to }: ChatRef, bot: Bot, accounts: Accounts): Found {
  const chat = chatIdOf(to);
  if (chat === undefined) return failed('bad-address', 'only people who have written to this line can be written to');
  if (from === bot.line) return { target: { chat } };
  const account = accounts.onLine(from);
  if (account === undefined) {
    return failed('rejected', 'the account of this line is not connected to the bot; its owner can connect it again');
  }
  if (!account.mayReply) return failed('rejected', 'the owner of this account does not let the bot answer');
  return { target: { chat, account } };
}

/** `chat_id`, and on whose behalf. */
export function chatParameters({ chat, account }: Target): Readonly<Record<string, unknown>> {
  return { chat_id: chat, ...(account === undefined ? {} : { business_connection_id: account.connection }) };
}

function failed(reason: 'bad-address' | 'rejected', detail: string): Found {
  return { problem: { state: 'failed', reason, detail } };
}
