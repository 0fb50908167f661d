/** Whether a request comes from Meta: the signature over the raw bytes, and the word agreed for the first question. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FirstCall } from '../../core/ports/capabilities.ts';

/** `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`, by any of `secrets`. */
export function isSigned(
  body: Uint8Array,
  header: string | readonly string[] | undefined,
  secrets: readonly string[],
): boolean {
  const hex = typeof header === 'string' ? /^sha256=([0-9a-f]{64})$/u.exec(header)?.[1] : undefined;
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  let signed = false;
  for (const secret of secrets) {
    signed = timingSafeEqual(createHmac('sha256', secret).update(body).digest(), given) || signed;
  }
  return signed;
}

/** What Meta asks when the webhook is saved, and has to be answered. */
export function firstCallWith(verifyToken: string, challenge: string): FirstCall {
  const asked = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': challenge };
  return { query: new URLSearchParams(asked).toString(), answer: challenge };
}

/** The challenge of `GET ?hub.mode=subscribe&hub.verify_token=..&hub.challenge=..`; undefined for a wrong word. */
export function challengeOf(target: string, verifyToken: string): string | undefined {
  const query = new URLSearchParams(target.split('?').slice(1).join('?'));
  const known = timingSafeEqual(digest(query.get('hub.verify_token') ?? ''), digest(verifyToken));
  const challenge = query.get('hub.challenge') ?? '';
  const sound = query.get('hub.mode') === 'subscribe' && /^[\w.~-]{1,256}$/u.test(challenge);
  return known && sound ? challenge : undefined;
}

/** Equal in length, so that the comparison tells nothing of it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
