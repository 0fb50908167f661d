/** What an answer of Telegram's that is none means for the connection, and when it is asked again. */
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { ApiAnswer } from './bot-api.ts';
import type { TelegramConfig } from './config.ts';

export interface Trouble {
  readonly state: ConnectorState;
  readonly afterMs: number;
}

/** `failures`: so many in a row, from 1. */
export function troubleOf(
  answer: Exclude<ApiAnswer, { readonly is: 'ok' }>,
  failures: number,
  { first, most, refused }: TelegramConfig['reconnect'],
): Trouble {
  const backOff = Math.min(most, first * 2 ** Math.min(failures - 1, 20));
  if (answer.is !== 'refused') {
    return { state: { name: 'connecting', detail: 'Telegram does not answer' }, afterMs: backOff };
  }
  if (isRefusedToken(answer.code)) {
    return { state: { name: 'bad-credentials', detail: 'Telegram refuses the token of the bot' }, afterMs: refused };
  }
  if (answer.code === 409) return { state: { name: 'degraded', detail: twoPollers }, afterMs: backOff };
  const detail = `Telegram answered ${String(answer.code)} (${answer.words})`;
  return { state: { name: 'degraded', detail }, afterMs: Math.max(backOff, answer.afterMs ?? 0) };
}

const twoPollers =
  'another program asks Telegram for the messages of this bot, with the same token: each of the two misses what the ' +
  'other one gets. Stop it, or have @BotFather make a new token';

/** Telegram answers 404 for a token that has not the form of one. */
export function isRefusedToken(code: number): boolean {
  return code === 401 || code === 404;
}
