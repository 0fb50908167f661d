/** Takes the secrets out of a config as written, for journals, logs and people. */
import { createHash } from 'node:crypto';
import { jcs, type Json, type JsonObject } from '../core/json.ts';

const SHOWN = '[redacted]';
const SECRET_KEY = /token|passw|passphrase|secret|credential|api_?key|private_?key|auth/iu;
const MOST_DEPTH = 50;

/** `{file}` and `{env}` stay: they say where a secret is, not what it is. */
export function redact(written: unknown): JsonObject {
  return typeof written === 'object' && written !== null && !Array.isArray(written) ? redactMap(written, false, 0) : {};
}

function redactValue(value: unknown, secret: boolean, depth: number): Json {
  if (depth > MOST_DEPTH) return SHOWN;
  if (Array.isArray(value)) return value.map((item: unknown) => redactValue(item, secret, depth + 1));
  if (typeof value === 'object' && value !== null) return redactMap(value, secret, depth);
  if (secret) return SHOWN;
  if (typeof value === 'string') return withoutPassword(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function redactMap(map: object, secret: boolean, depth: number): JsonObject {
  const entries: readonly [string, unknown][] = Object.entries(map);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && /^(file|env)$/u.test(only[0]) && typeof only[1] === 'string') {
    return { [only[0]]: only[1] };
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key, redactValue(item, secret || SECRET_KEY.test(key), depth + 1)]),
  );
}

/** `postgres://user:password@host` keeps its user and host. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/]*@/iu, `$1:${SHOWN}@`);
}

/** SHA-256 in hex over the canonical text (JCS) of a redacted config. */
export function configDigest(redacted: JsonObject): string {
  return createHash('sha256').update(jcs(redacted)).digest('hex');
}
