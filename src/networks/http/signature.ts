/** Whether a call is the provider's, by the schemes that providers use. */
import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';
import type { WebhookRequest } from '../../core/ports/webhook.ts';

const header = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,60}$/u, 'write the name of a header')
  .transform((name) => name.toLowerCase());
const tolerance = z.number().int().min(10).max(3_600).default(300);

export const signatureConfig = z.discriminatedUnion('scheme', [
  z.strictObject({
    /** HMAC over the raw body, or over what `signed` says. */
    scheme: z.enum(['hex-sha256', 'base64-sha256', 'base64-sha1', 'sha256=hex']),
    header,
    /** The names of secrets: while one is being changed, both are taken. */
    secret: z.string(),
    otherSecret: z.string().optional(),
    timestamp: z
      .strictObject({
        header,
        signed: z.enum(['timestamp.body', 'timestamp|body', 'timestamp:body', 'bodytimestamp']),
        tolerance,
      })
      .optional(),
  }),
  /** The header, or `Authorization: Bearer`, is the secret itself. */
  z.strictObject({
    scheme: z.literal('bearer'),
    header: header.default('authorization'),
    secret: z.string(),
    otherSecret: z.string().optional(),
  }),
  /** Ed25519 over `timestamp|body`; the secret is the public key in base64. */
  z.strictObject({
    scheme: z.literal('telnyx-ed25519'),
    secret: z.string(),
    otherSecret: z.string().optional(),
    tolerance,
  }),
]);
export type SignatureConfig = z.output<typeof signatureConfig>;
type Hmac = Extract<SignatureConfig, { header: string; timestamp?: unknown }> & {
  readonly scheme: keyof typeof encodings;
};

export type Judged = 'good' | 'bad-signature' | 'replay';

const encodings = {
  'hex-sha256': { hash: 'sha256', as: 'hex', prefix: '' },
  'sha256=hex': { hash: 'sha256', as: 'hex', prefix: 'sha256=' },
  'base64-sha256': { hash: 'sha256', as: 'base64', prefix: '' },
  'base64-sha1': { hash: 'sha1', as: 'base64', prefix: '' },
} as const;
/** ASN.1 around a raw Ed25519 key (RFC 8410). */
const spki = Buffer.from('302a300506032b6570032100', 'hex');

/** @param nowMs by our clock: what is signed with its time is believed only for so long */
export function judge(
  request: WebhookRequest,
  config: SignatureConfig,
  given: { readonly secrets: readonly string[]; readonly nowMs: number },
): Judged {
  if (config.scheme === 'bearer') return bearer(request, config.header, given.secrets) ? 'good' : 'bad-signature';
  if (config.scheme === 'telnyx-ed25519') return ed25519(request, config.tolerance, given);
  return hmac(request, config, given);
}

function hmac(
  request: WebhookRequest,
  { scheme, header: name, timestamp }: Hmac,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): Judged {
  const at = timestamp === undefined ? '' : headerOf(request, timestamp.header);
  const { hash, as, prefix } = encodings[scheme];
  const signed = timestamp === undefined ? request.body : signedBytes(timestamp.signed, at, request.body);
  const sent = headerOf(request, name);
  let good = false;
  for (const secret of secrets) {
    const wanted = `${prefix}${createHmac(hash, secret).update(signed).digest(as)}`;
    good = equal(sent, wanted) || good;
  }
  if (!good) return 'bad-signature';
  return timestamp === undefined || isFresh(at, timestamp.tolerance, nowMs) ? 'good' : 'replay';
}

function bearer(request: WebhookRequest, name: string, secrets: readonly string[]): boolean {
  const sent = headerOf(request, name).replace(/^Bearer /u, '');
  let good = false;
  for (const secret of secrets) good = equal(sent, secret) || good;
  return good;
}

function ed25519(
  request: WebhookRequest,
  toleranceS: number,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): Judged {
  const at = headerOf(request, 'telnyx-timestamp');
  const signature = Buffer.from(headerOf(request, 'telnyx-signature-ed25519'), 'base64');
  const signed = Buffer.concat([Buffer.from(`${at}|`), request.body]);
  const good = secrets.some((key) => verifies(signed, signature, key));
  if (!good) return 'bad-signature';
  return isFresh(at, toleranceS, nowMs) ? 'good' : 'replay';
}

function verifies(signed: Buffer, signature: Buffer, base64Key: string): boolean {
  try {
    const der = Buffer.concat([spki, Buffer.from(base64Key, 'base64')]);
    return verify(null, signed, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}

function signedBytes(form: string, at: string, body: Uint8Array): Buffer {
  const between = /^timestamp(.)body$/u.exec(form)?.[1];
  return between === undefined
    ? Buffer.concat([body, Buffer.from(at)])
    : Buffer.concat([Buffer.from(`${at}${between}`), body]);
}

/** Seconds or milliseconds since 1970, not too long ago and not ahead of us. */
function isFresh(at: string, toleranceS: number, nowMs: number): boolean {
  if (!/^\d{9,14}$/u.test(at)) return false;
  const ms = at.length > 11 ? Number(at) : Number(at) * 1_000;
  return Math.abs(nowMs - ms) <= toleranceS * 1_000;
}

function headerOf({ headers }: WebhookRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Equal in time whatever is sent: hashes of both are compared. */
function equal(sent: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(wanted));
}
