/** What compliance is told of a connected account: connected, disconnected, and what it lets us do. */
import { createHash } from 'node:crypto';
import type { Millis } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { addressOf } from './addresses.ts';
import type { Account } from './known.ts';

/** By an update, or because we asked. */
export interface Heard {
  /** The number of the update; absent where Telegram was asked. */
  readonly update?: number;
  readonly at: Millis;
  readonly raw: Uint8Array;
}

interface News {
  readonly account: Account;
  readonly before: Account | undefined;
  /** The config has a line for it. */
  readonly isLine: boolean;
}

const rights: readonly (readonly [keyof Pick<Account, 'mayReply' | 'mayRead' | 'mayDelete'>, string])[] = [
  ['mayReply', 'answer'],
  ['mayRead', 'mark messages as read'],
  ['mayDelete', 'delete what was sent'],
];

/** None where nothing changed that anybody must know. An update is on record in any case. */
export function accountNews(news: News, heard: Heard): readonly NetworkEvent[] {
  const { account, before, isLine } = news;
  const { at, raw } = heard;
  const base = { id: idOf(account, heard), sure: true, at, raw } as const;
  const words = isLine ? wordsOf(account, before) : undefined;
  if (words !== undefined) return [{ ...base, kind: 'account', alert: words }];
  if (heard.update === undefined) return [];
  const what = isLine
    ? 'news of a connected account that change nothing'
    : 'a Telegram account that is no line of ours was connected to the bot, or disconnected';
  return [{ ...base, kind: 'unsupported', what, from: addressOf(account.user) }];
}

function idOf(account: Account, { update, at, raw }: Heard): string {
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const how = update === undefined ? `asked/${String(at)}` : String(update);
  return `account/${account.connection}/${how}/${digest}`;
}

function wordsOf(account: Account, before: Account | undefined): string | undefined {
  const who = account.name ?? `account ${String(account.user)}`;
  if (!account.enabled) return before?.enabled === false ? undefined : lost(who);
  if (before?.enabled !== true) {
    const limits = account.mayReply ? '' : ' It does not let the bot answer: its line can only read.';
    return `The Telegram account of ${who} is connected: from now on its chats are recorded.${limits}`;
  }
  const [taken, given] = [changed(before, account), changed(account, before)];
  if (taken !== '') return `The Telegram account of ${who} no longer lets the bot ${taken}.`;
  return given === '' ? undefined : `The Telegram account of ${who} lets the bot ${given} now.`;
}

function lost(who: string): string {
  return (
    `The Telegram account of ${who} is disconnected: what is written there is no longer recorded. ` +
    `Ask ${who} to connect the bot again in Telegram, under Settings, Business, Chatbots.`
  );
}

/** What the one allows and the other doesn't. */
function changed(one: Account, other: Account): string {
  return rights
    .filter(([right]) => one[right] && !other[right])
    .map(([, words]) => words)
    .join(' and ');
}
