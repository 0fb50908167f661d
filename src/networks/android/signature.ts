/**
 * `X-Signature`: hex of HMAC-SHA256 over body and `X-Timestamp`, in seconds, keyed with the signing key that the app
 * shows (docs.sms-gate.app, features/webhooks, "Payload Signing"). Each repeat is signed anew.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../../core/ids.ts';
import type { WebhookRequest } from '../../core/ports/webhook.ts';

/** A phone's clock and ours may differ by so much: what the app's documentation advises. */
const TOLERANCE_MS = 5 * 60_000;

export function signatureOf(key: string, body: Uint8Array, timestamp: string): string {
  return createHmac('sha256', key).update(body).update(timestamp).digest('hex');
}

/** @param keys both, while one is exchanged for the other */
export function judgeSignature(
  { headers, body }: Pick<WebhookRequest, 'headers' | 'body'>,
  keys: readonly string[],
  now: Millis,
): 'genuine' | 'bad-signature' | 'replay' {
  const [signature, timestamp] = [headers['x-signature'], headers['x-timestamp']];
  if (typeof signature !== 'string' || typeof timestamp !== 'string') return 'bad-signature';
  const given = signature.toLowerCase();
  if (!keys.some((key) => isSame(given, signatureOf(key, body, timestamp)))) return 'bad-signature';
  const apart = Math.abs(Number(timestamp) * 1_000 - now);
  return /^\d{1,12}$/u.test(timestamp) && apart <= TOLERANCE_MS ? 'genuine' : 'replay';
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
