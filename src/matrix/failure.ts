/** What an SDK call's exception means for what was asked: done, not done, or not known. */
import { MatrixError } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';

/** Nothing was sent: the connection did not come about. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const DEFAULT_WAIT_MS = 5_000;

const answerShape = z.object({ statusCode: z.number() });
const codeShape = z.object({ code: z.string() });
const nameShape = z.object({ name: z.string() });

/**
 * `reads`: the request changes nothing, so that a lost answer leaves nothing unclear.
 * 502 and 504 come from a proxy that may have passed the request on; 503 is said before it is (RFC 9110, 15.6).
 */
export function failureOf(error: unknown, reads: boolean): HomeserverFailure {
  if (error instanceof MatrixError) return ofMatrixError(error, reads);
  const answer = answerShape.safeParse(error);
  if (answer.success) return ofStatus(answer.data.statusCode, reads);
  const code = codeOf(error);
  const neverSent = NEVER_SENT.has(code);
  return { kind: neverSent || reads ? 'down' : 'unclear', detail: code };
}

/**
 * The failure of a call with an appservice's token. One that the homeserver doesn't know says nothing of the room that was
 * asked about, so that no room is given up for it: all of it waits until an admin puts the registration right.
 */
export function failureOfOurs(error: unknown, reads: boolean): HomeserverFailure {
  const failure = failureOf(error, reads);
  const unknown = failure.kind === 'forbidden' && TOKEN.has(failure.errcode);
  return unknown ? { kind: 'down', detail: failure.errcode } : failure;
}

const TOKEN = new Set(['M_UNKNOWN_TOKEN', 'M_MISSING_TOKEN']);

function ofMatrixError(error: MatrixError, reads: boolean): HomeserverFailure {
  const { statusCode: status, errcode } = error;
  const detail = error.error;
  if (status === 429) return { kind: 'rate-limited', afterMs: error.retryAfterMs ?? DEFAULT_WAIT_MS };
  if (status === 403 || status === 401) return { kind: 'forbidden', errcode, detail };
  if (status === 404) return { kind: 'not-found', errcode, detail };
  if (status === 413 || errcode === 'M_TOO_LARGE') return { kind: 'too-large', detail };
  if (status >= 500) return ofServerError(status, reads);
  return { kind: 'refused', status, errcode, detail };
}

/** An answer that is not Matrix's: a proxy's page. */
function ofStatus(status: number, reads: boolean): HomeserverFailure {
  if (status === 429) return { kind: 'rate-limited', afterMs: DEFAULT_WAIT_MS };
  if (status === 413) return { kind: 'too-large', detail: 'the proxy in front of the homeserver refused the size' };
  if (status >= 500) return ofServerError(status, reads);
  const detail = 'the answer is not from a Matrix homeserver';
  return { kind: 'refused', status, errcode: 'M_UNKNOWN', detail };
}

function ofServerError(status: number, reads: boolean): HomeserverFailure {
  return { kind: reads || status === 503 ? 'down' : 'unclear', detail: `HTTP ${String(status)}` };
}

/** A code, never a message: messages name hosts and ids. */
function codeOf(error: unknown): string {
  const coded = codeShape.safeParse(error);
  if (coded.success) return coded.data.code;
  const named = nameShape.safeParse(error);
  return named.success ? named.data.name : 'unreadable answer';
}
