/** JSON values, and their one canonical text (JCS, RFC 8785), over which hashes and digests are taken. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text from outside says; undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Why a value has no canonical text. */
export class NotCanonical extends Error {
  override name = 'NotCanonical';
}

/** Nesting past which a value is refused: what comes from outside must not be able to exhaust the stack. */
export const MAX_DEPTH = 100;

/**
 * RFC 8785 text of `value`: keys sorted by UTF-16 code units, ECMAScript numbers, undefined members left out.
 * @throws NotCanonical for non-finite numbers, lone surrogates and more than MAX_DEPTH levels.
 */
export function jcs(value: Json | undefined, depth = 0): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical('a number that is not finite');
      return JSON.stringify(value);
    case 'string':
      return jcsString(value);
    case 'object':
      return jcsNested(value, depth);
    default:
      throw new NotCanonical(`a value of type ${typeof value}`);
  }
}

/** Undefined where `value` has a canonical text. */
export function whyNotCanonical(value: Json | undefined): string | undefined {
  try {
    jcs(value);
    return undefined;
  } catch (error) {
    if (error instanceof NotCanonical) return error.message;
    throw error;
  }
}

function jcsNested(value: JsonObject | readonly Json[], depth: number): string {
  if (depth >= MAX_DEPTH) throw new NotCanonical(`more than ${String(MAX_DEPTH)} levels`);
  return isJsonObject(value) ? jcsObject(value, depth) : jcsArray(value, depth);
}

function jcsString(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonical('a lone surrogate');
  return JSON.stringify(text);
}

function jcsArray(items: readonly Json[], depth: number): string {
  return `[${items.map((item) => jcs(item, depth + 1)).join(',')}]`;
}

function jcsObject(object: JsonObject, depth: number): string {
  const members: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined) members.push(`${jcsString(key)}:${jcs(member, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}
