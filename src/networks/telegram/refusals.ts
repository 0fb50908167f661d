/**
 * What Telegram's refusals mean for a message. The server of the Bot API (tdlib/telegram-bot-api, Client.cpp,
 * `fail_query_with_error`) writes some errors of Telegram in words: USER_IS_BLOCKED "bot was blocked by the user",
 * INPUT_USER_DEACTIVATED "user is deactivated", MESSAGE_NOT_MODIFIED "message is not modified: ...",
 * MESSAGE_DELETE_FORBIDDEN "message can't be deleted"; all others in capitals come through as they are
 * (core.telegram.org/api/errors: BUSINESS_PEER_USAGE_MISSING, BUSINESS_PEER_INVALID, ...). "chat not found", "bot was kicked
 * from the ... chat", "not a member", "not enough rights ..." and "message thread not found" are its own words, and those
 * of TDLib, from memory.
 */
import type { FailureKind } from '../../core/failures.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { ApiAnswer } from './bot-api.ts';
import { isRefusedToken } from './trouble.ts';

interface Row {
  readonly when: RegExp;
  readonly reason: FailureKind;
  readonly detail: string;
}

/** The first that fits. */
const rows: readonly Row[] = [
  { when: /bot was blocked by the user/iu, reason: 'rejected', detail: 'the customer blocked the bot' },
  { when: /user is deactivated/iu, reason: 'bad-address', detail: 'the account was deleted' },
  {
    when: /can't initiate conversation|chat not found|PEER_ID_INVALID|user not found|CHAT_ID_INVALID/iu,
    reason: 'bad-address',
    detail: 'only people who have written to this line can be written to',
  },
  {
    when: /bot was kicked|not a member|group chat was deactivated/iu,
    reason: 'rejected',
    detail: 'the bot is not in this group any more',
  },
  {
    when: /not enough rights|no rights|need administrator rights|CHAT_\w*FORBIDDEN|CHAT_RESTRICTED|TOPIC_CLOSED/iu,
    reason: 'rejected',
    detail: 'the bot may not write this in this group',
  },
  {
    when: /BUSINESS_PEER_USAGE_MISSING/u,
    reason: 'window-closed',
    detail: 'the customer has not written for 24 hours',
  },
  {
    when: /BUSINESS_PEER_INVALID/u,
    reason: 'rejected',
    detail: 'the owner of the account has not given this chat to the bot',
  },
  {
    when: /BUSINESS_CONNECTION|business connection/iu,
    reason: 'rejected',
    detail: 'the account of this line is not connected to the bot any more',
  },
  { when: /VOICE_MESSAGES_FORBIDDEN/u, reason: 'rejected', detail: 'the customer takes no voice messages' },
  { when: /message text is empty|text must be non-empty/iu, reason: 'empty', detail: 'no text' },
  { when: /too long/iu, reason: 'too-long', detail: 'Telegram refuses its length' },
  { when: /too large|too big|FILE_PARTS_INVALID/iu, reason: 'too-large', detail: '50 MB at most' },
];

/** Deleted, or of another group: the message is not there, and its chat is. */
export function isTopicGone(words: string): boolean {
  return /message thread not found|TOPIC_(?:DELETED|ID_INVALID)/iu.test(words);
}

/** "message is not modified" is how the server writes MESSAGE_NOT_MODIFIED. */
export const isSoAlready = /MESSAGE_NOT_MODIFIED|message is not modified/iu;

const REFUSED_MS = 300_000;

/** `scope` of "too fast" is the chat: the limits of others are not known. */
export function failureOf(answer: Exclude<ApiAnswer, { readonly is: 'ok' }>): SendResult {
  if (answer.is === 'unclear') return { state: 'unknown', detail: answer.detail };
  if (answer.is === 'unsent') {
    return { state: 'retry', afterMs: 5_000, scope: 'connector', reason: 'provider-down', detail: answer.detail };
  }
  const { code, words } = answer;
  if (code === 429) return { state: 'retry', afterMs: answer.afterMs ?? 5_000, scope: 'chat', reason: 'rate-limited' };
  if (isRefusedToken(code)) {
    return { state: 'retry', afterMs: REFUSED_MS, scope: 'connector', reason: 'bad-credentials' };
  }
  if (code === 413) return { state: 'failed', reason: 'too-large', code: '413', detail: '50 MB at most' };
  const row = rows.find(({ when }) => when.test(words));
  if (row !== undefined) return { state: 'failed', reason: row.reason, code: String(code), detail: row.detail };
  return { state: 'failed', reason: 'provider-refused', code: String(code), detail: words };
}

/** For what does no harm when it is done again: an unclear answer is asked for again. */
export function changeFailureOf(answer: Exclude<ApiAnswer, { readonly is: 'ok' }>): SendResult {
  if (answer.is !== 'unclear') return failureOf(answer);
  return { state: 'retry', afterMs: 5_000, scope: 'chat', reason: 'provider-down', detail: answer.detail };
}
