/** What Twilio's webhooks say, in its parameters (twilio.com/docs/messaging/guides/webhook-request). */
import type { Fields } from './calls.ts';
import type { SimMessage } from './messages.ts';
import { pairKey } from './refusals.ts';

/** `account` is the address of the account in the API, whose last part is its sid. */
export function inboundForm({ sid, from, to, body, media }: SimMessage, account: URL): Fields {
  const base = `${account.href}/Messages/${sid}/Media`;
  const files = media.flatMap((one, i): [string, string][] => [
    [`MediaUrl${String(i)}`, `${base}/${one.sid}`],
    [`MediaContentType${String(i)}`, one.type],
  ]);
  return {
    ...{ ToCountry: 'US', ToState: 'DC', SmsMessageSid: sid, NumMedia: String(media.length), ToCity: '' },
    ...{ FromZip: '', SmsSid: sid, FromState: 'DC', SmsStatus: 'received', FromCity: '', Body: body },
    ...{ FromCountry: 'US', To: to, ToZip: '', NumSegments: '1', MessageSid: sid },
    ...{ AccountSid: sidIn(account), From: from, ApiVersion: '2010-04-01' },
    ...Object.fromEntries(files),
  };
}

/** `errorCode` is told with the status that it belongs to alone. */
export function statusForm({ sid, from, to, status }: SimMessage, account: URL, errorCode?: number): Fields {
  return {
    ...{ SmsSid: sid, SmsStatus: status, MessageStatus: status, To: to, MessageSid: sid },
    ...{ AccountSid: sidIn(account), From: from, ApiVersion: '2010-04-01' },
    ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
  };
}

/** Advanced opt-out: Twilio keeps the word in `optedOut`, answers it, and tells. */
export function optOutForm({ from, to, body }: SimMessage, optedOut: Set<string>): Fields {
  const word = body.trim().toUpperCase();
  const pair = pairKey(from, to);
  if (['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'].includes(word)) {
    optedOut.add(pair);
    return { OptOutType: 'STOP' };
  }
  if (['START', 'UNSTOP'].includes(word)) {
    optedOut.delete(pair);
    return { OptOutType: 'START' };
  }
  return word === 'HELP' || word === 'INFO' ? { OptOutType: 'HELP' } : {};
}

function sidIn(account: URL): string {
  return account.pathname.split('/').at(-1) ?? '';
}
