/** Whether a caller is the homeserver (Matrix application service API, "Authorization"): by header only, never by query. */
import { createHash, timingSafeEqual } from 'node:crypto';

export type Caller = 'homeserver' | 'nobody' | 'stranger';

/** Compares digests in constant time, so that neither content nor length of the token can be learned by asking. */
export function callerOf(authorization: string | undefined, token: string): Caller {
  const shown = /^Bearer +(\S+)$/iu.exec(authorization ?? '')?.[1];
  if (shown === undefined) return 'nobody';
  return timingSafeEqual(digest(shown), digest(token)) ? 'homeserver' : 'stranger';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
