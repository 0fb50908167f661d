import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Sealer } from './sealer.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Results of `seal` and of `lookup` that are remembered: the same addresses come again and again. */
const REMEMBERED = 2_000;
/** 192 bits: no two values of one column ever meet. */
const LOOKUP_BYTES = 24;

/**
 * Seals with AES-256-GCM whose nonce is an HMAC of context and value: equal values give equal bytes, different ones
 * never share a nonce but by an accident of 2^-48 after 2^24 values. The context is authenticated.
 */
export function createSealer(keys: { readonly seal: Uint8Array; readonly lookup: Uint8Array }): Sealer {
  const cipherKey = derived(keys.seal, 'gatehouse-seal-cipher');
  const nonceKey = derived(keys.seal, 'gatehouse-seal-nonce');
  const lookupKey = createSecretKey(keys.lookup);
  return {
    seal: remembered((context, plain) => {
      const nonce = keyed(nonceKey, context, plain).subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    }),
    open: (context, sealed) => {
      const end = sealed.length - TAG_BYTES;
      if (end < NONCE_BYTES) throw new Error(`a sealed value of ${context} is too short`);
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(end));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]).toString('utf8');
    },
    lookup: remembered((context, plain) =>
      keyed(lookupKey, context, plain).subarray(0, LOOKUP_BYTES).toString('base64url'),
    ),
  };
}

function derived(key: Uint8Array, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, new Uint8Array(), use, 32)));
}

function keyed(key: KeyObject, context: string, plain: string): Buffer {
  return createHmac('sha256', key).update(context).update('\0').update(plain).digest();
}

/** Both are pure, so that a result may be given out again. */
function remembered<T>(make: (context: string, plain: string) => T): (context: string, plain: string) => T {
  const known = new Map<string, T>();
  return (context, plain) => {
    const name = `${context}\0${plain}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const fresh = make(context, plain);
    known.set(name, fresh);
    return fresh;
  };
}
