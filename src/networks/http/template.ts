/** Texts of the config with `{places}`: what is put there is always written as its surroundings want it. */
import { createHash } from 'node:crypto';
import type { Json } from '../../core/json.ts';

export type Values = Readonly<Record<string, string | number | undefined>>;

const placeholder = /\{([a-z][A-Za-z0-9.]{0,40})\}/gu;

/** The names of the places in `text`. */
export function placesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(placeholder), ([, name = '']) => name);
}

/** As it is: for JSON strings and form values, which are encoded as a whole afterwards. */
export function filled(text: string, values: Values): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name] ?? '') : whole,
  );
}

/**
 * In a path or a query each value is percent-encoded; undefined where one would climb out of its place (`.` and `..`,
 * which every reader of URLs resolves, encoded or not).
 */
export function filledPath(text: string, values: Values): string | undefined {
  const encoded = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === undefined ? value : encodeURIComponent(String(value).toWellFormed()),
    ]),
  );
  const path = filled(text, encoded);
  const climbs = (path.split('?')[0] ?? '').split('/').some((part) => /^(?:\.|%2e){1,2}$/iu.test(part));
  return climbs || !path.startsWith('/') || path.startsWith('//') ? undefined : path;
}

/** In a header everything but visible ASCII and spaces is percent-encoded: no line can be added. */
export function filledHeader(text: string, values: Values): string {
  return filled(text, values).replace(/[^\x20-\x7e]/gu, (char) =>
    char.isWellFormed() ? encodeURIComponent(char) : '',
  );
}

/**
 * Every string of a JSON template; a member that is nothing but a place without a value is left out, and one that is
 * nothing but the place of a number is a number.
 */
export function filledJson(template: Json, values: Values): Json {
  if (typeof template === 'string') return soleValue(template, values) ?? filled(template, values);
  if (Array.isArray(template)) {
    const items: readonly Json[] = template;
    return items.filter((item) => !isMissing(item, values)).map((item) => filledJson(item, values));
  }
  if (typeof template !== 'object' || template === null) return template;
  const members = Object.entries(template).flatMap(([key, value]) =>
    value === undefined || isMissing(value, values) ? [] : [[key, filledJson(value, values)] as const],
  );
  // What held nothing but such members is left out with them.
  return Object.fromEntries(members.filter(([key, value]) => !isEmptied(template, key, value)));
}

function solePlace(text: string): string | undefined {
  return /^\{([a-z][A-Za-z0-9.]{0,40})\}$/u.exec(text)?.[1];
}

function soleValue(text: string, values: Values): string | number | undefined {
  const name = solePlace(text);
  return name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function isMissing(value: Json, values: Values): boolean {
  const name = typeof value === 'string' ? solePlace(value) : undefined;
  return name !== undefined && Object.hasOwn(values, name) && values[name] === undefined;
}

function isEmptied(template: object, key: string, value: Json): boolean {
  const before: unknown = new Map(Object.entries(template)).get(key);
  const held = typeof before === 'object' && before !== null && Object.keys(before).length > 0;
  return held && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** UUID version 5 (RFC 9562, 5.5) of `name` in a namespace of ours: the same wherever and whenever it is asked for. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
const namespace = Buffer.from('6f1d8c0e5b7a4c1e9d3a2f4b8e6c7d10', 'hex');
