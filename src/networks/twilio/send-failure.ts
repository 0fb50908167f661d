/** What Twilio's answer to a send means when it is no message. */
import type { SendResult } from '../../core/ports/outbound.ts';
import type { ApiAnswer } from './api.ts';
import { meaningOf } from './error-codes.ts';

const REJECTED_MS = 5 * 60_000;
const SLOWER_MS = 5_000;
const DOWN_MS = 30_000;

/** Undefined where it may have been taken all the same. */
export function failureOf(answer: ApiAnswer): SendResult | undefined {
  const { status, code, afterMs, isPage } = answer;
  // RFC 9110, 15.6.4: unable to handle it now. Any other failure of the server may come after the message was taken.
  if (status === 503) return again('provider-down', afterMs ?? DOWN_MS, 'Twilio is out of service');
  if (isPage === true || !isRefusal(status)) return undefined;
  const { reason, detail, afterMs: passesIn = SLOWER_MS } = meaningOf(codeOf(answer));
  if (reason === 'bad-credentials') return again(reason, REJECTED_MS, detail);
  if (reason === 'rate-limited') return again(reason, afterMs ?? passesIn, detail);
  return { state: 'failed', reason, code: String(code ?? status), detail };
}

function isRefusal(status: number): boolean {
  return status >= 300 && status < 500;
}

/** Some answers are told by the status alone. */
function codeOf({ status, code }: ApiAnswer): number | undefined {
  if (status === 401) return 20003;
  if (status === 429) return 20429;
  return code ?? (status === 403 ? 20003 : undefined);
}

/** Certainly not sent. */
export function again(
  reason: 'bad-credentials' | 'rate-limited' | 'provider-down',
  afterMs: number,
  detail: string,
): Extract<SendResult, { state: 'retry' }> {
  return { state: 'retry', afterMs, scope: 'connector', reason, detail };
}
