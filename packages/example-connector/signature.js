/** Echo signs what it posts: `echo-signature: t=<milliseconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">`. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A call that was signed longer ago is somebody's copy. */
export const FRESH_MS = 5 * 60_000;

/**
 * @param {string} secret
 * @param {number} at
 * @param {Uint8Array} body
 */
export function signatureOf(secret, at, body) {
  return createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex');
}

/**
 * Looks at the bytes as they came, before anything reads them, and compares in constant time.
 *
 * @param {string | undefined} header
 * @param {{ secret: string, body: Uint8Array, now: number }} given
 * @returns {'good' | 'bad-signature' | 'replay'}
 */
export function checkSignature(header, { secret, body, now }) {
  const [, at = '', hex = ''] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  const expected = Buffer.from(signatureOf(secret, Number(at), body), 'hex');
  const given = Buffer.from(hex, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'bad-signature';
  return Math.abs(now - Number(at)) > FRESH_MS ? 'replay' : 'good';
}
