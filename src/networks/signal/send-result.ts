/** What signal-cli's answer to `send` and its kin means for the message (man/signal-cli-jsonrpc.5, SendMessageResultUtils). */
import { z } from 'zod';
import type { RemoteId } from '../../core/ids.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Called } from './daemon.ts';
import { sent, type WireSendResults } from './wire.ts';

/** What is told to compliance beside the result. */
export type Told =
  | { readonly what: 'untrusted'; readonly results: WireSendResults }
  | { readonly what: 'challenge'; readonly token: string; readonly afterMs: number }
  | { readonly what: 'logged-out' };

export interface Judged {
  readonly result: SendResult;
  readonly told?: Told;
}

const code = { user: -1, untrusted: -4, rateLimit: -5, captcha: -6, noMethod: -32_601, badParams: -32_602 } as const;
const rateLimitMs = 60_000;

/** Failures of the daemon's own network before anything was sent, by the names of Java's classes. */
const NEVER_SENT =
  /UnknownHostException|ConnectException|NoRouteToHost|WebSocketUnavailable|PortUnreachable|NotConnectedException/u;
const LOGGED_OUT = /AuthorizationFailed|NotRegisteredException|DeviceDeletedException|not registered\b.*account/iu;

const failureData = z.object({ response: sent });

export interface Sending {
  /** From 1. */
  readonly attempt: number;
  /** What the network will call it. */
  readonly idOf: (sentAt: number) => RemoteId | undefined;
}

export function judge(called: Called, sending: Sending): Judged {
  switch (called.kind) {
    case 'unsent':
      return {
        result: { state: 'retry', afterMs: 5_000, scope: 'connector', reason: 'provider-down', detail: called.detail },
      };
    case 'unclear':
      return { result: { state: 'unknown', detail: called.detail } };
    case 'result':
      return judgeAnswer(called.value, sending);
    case 'error':
      return judgeError(called, sending);
  }
}

function judgeAnswer(value: unknown, { idOf }: Sending): Judged {
  const answer = sent.safeParse(value);
  if (!answer.success)
    return { result: { state: 'unknown', detail: 'signal-cli answered without saying when it was sent' } };
  const { timestamp, results } = answer.data;
  const id = idOf(timestamp);
  const result: SendResult = { state: 'sent', ids: id === undefined ? [] : [id] };
  // A group has it where one member has; of the others only who is no longer trusted needs somebody to act.
  const untrusted = results.filter(({ type }) => type === 'IDENTITY_FAILURE');
  return untrusted.length === 0 ? { result } : { result, told: { what: 'untrusted', results: untrusted } };
}

function judgeError(called: Extract<Called, { kind: 'error' }>, sending: Sending): Judged {
  const { message } = called;
  if (LOGGED_OUT.test(message)) return loggedOut;
  const data = failureData.safeParse(called.data);
  const results = data.success ? data.data.response.results : [];
  if (called.code === code.user) return results.length > 0 ? byResults(results) : byWords(message);
  if (called.code === code.badParams) return badParams(message);
  switch (called.code) {
    case code.untrusted:
      return untrusted(results);
    case code.rateLimit:
    case code.captcha:
      return rateLimited(results);
    case code.noMethod:
      return failed('unsupported', 'this: signal-cli is too old for it', called.code);
    default:
      return inside(message, sending);
  }
}

function badParams(message: string): Judged {
  if (/account/iu.test(message)) return loggedOut;
  return failed('provider-refused', 'signal-cli refused the request', code.badParams);
}

const loggedOut: Judged = {
  result: {
    state: 'retry',
    afterMs: 60_000,
    scope: 'line',
    reason: 'bad-credentials',
    detail: 'Signal does not know our account any more',
  },
  told: { what: 'logged-out' },
};

type Failure = Extract<SendResult, { state: 'failed' }>;

function failed(reason: Failure['reason'], detail: string, of: number | string): Judged {
  return { result: { state: 'failed', reason, code: String(of), detail } };
}

function untrusted(results: WireSendResults): Judged {
  const { result } = failed(
    'provider-refused',
    'the safety number changed; an admin must trust it first',
    code.untrusted,
  );
  return { result, told: { what: 'untrusted', results } };
}

function rateLimited(results: WireSendResults): Judged {
  const asked = results.find(({ retryAfterSeconds }) => retryAfterSeconds !== undefined)?.retryAfterSeconds;
  const token = results.find((one) => one.token !== undefined)?.token;
  const afterMs = asked === undefined ? rateLimitMs : Math.min(asked * 1_000, 86_400_000);
  const result: SendResult = { state: 'retry', afterMs, scope: 'line', reason: 'rate-limited' };
  return token === undefined ? { result } : { result, told: { what: 'challenge', token, afterMs } };
}

/** Nobody has it: the worst that is said of one is said of all. */
function byResults(results: WireSendResults): Judged {
  const types = new Set(results.map(({ type }) => type));
  if (types.has('NETWORK_FAILURE')) {
    return { result: { state: 'unknown', detail: "signal-cli lost Signal's server while sending" } };
  }
  if (types.has('RATE_LIMIT_FAILURE') || types.has('PROOF_REQUIRED_FAILURE')) return rateLimited(results);
  if (types.has('IDENTITY_FAILURE')) return untrusted(results);
  if (types.has('UNREGISTERED_FAILURE')) return failed('bad-address', 'not on Signal', 'UNREGISTERED_FAILURE');
  return failed('provider-refused', 'Signal could not take it', Array.from(types).join(' '));
}

function byWords(message: string): Judged {
  if (/not registered|unregistered/iu.test(message)) return failed('bad-address', 'not on Signal', code.user);
  if (/invalid.*number|phone number/iu.test(message))
    return failed('bad-address', 'no number that Signal knows', code.user);
  if (/not a group member|group.*not found|not found.*group|group not found/iu.test(message)) {
    return failed('provider-refused', 'we are not in this group any more', code.user);
  }
  if (/not allowed/iu.test(message))
    return failed('provider-refused', 'only admins may write in this group', code.user);
  if (/empty message/iu.test(message)) return failed('empty', 'no text', code.user);
  return failed('provider-refused', 'signal-cli refused it', code.user);
}

/** It failed inside: with Signal's network, with a file, or otherwise. */
function inside(message: string, { attempt }: Sending): Judged {
  if (message.includes('AttachmentInvalid'))
    return failed('provider-refused', 'signal-cli could not read the file', -32_603);
  if (!NEVER_SENT.test(message)) {
    return { result: { state: 'unknown', detail: 'signal-cli failed while sending' } };
  }
  const detail = "signal-cli does not reach Signal's server";
  const afterMs = Math.min(60_000, 5_000 * attempt);
  return { result: { state: 'retry', afterMs, scope: 'connector', reason: 'provider-down', detail } };
}
