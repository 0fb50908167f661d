/** An answer that the Bot API gives in place of a result (texts: tdlib/telegram-bot-api, `fail_query_with_error`). */
import type { ResponseParameters } from '@grammyjs/types';

export class Refused extends Error {
  override name = 'Refused';
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, words: string, parameters?: ResponseParameters) {
    super(`${before[code] ?? ''}${words}`);
    this.code = code;
    this.parameters = parameters;
  }
}

const before: Readonly<Record<number, string>> = {
  400: 'Bad Request: ',
  403: 'Forbidden: ',
  409: 'Conflict: ',
  429: 'Too Many Requests: ',
};
