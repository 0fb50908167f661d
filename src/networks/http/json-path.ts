/**
 * JSONPath (RFC 9535) as far as a mapping needs it: names (also several, where one or the other is there), indexes,
 * wildcards and one comparison in a filter. No descent through everything, no functions and no patterns: what a provider
 * sends can cost no more than its length.
 */
import { compile, type JSONPathQuery, type JSONValue } from 'json-p3';
import { z } from 'zod';
import { isShallow } from '../json-depth.ts';

/** Values that one path gives at most. */
export const valuesMost = 1_000;

const name = String.raw`\.[A-Za-z_][\w-]*|\.\*`;
const literal = String.raw`'[^'\\]*'|-?\d{1,15}|true|false|null`;
const names = String.raw`'[^'\\]+'(?:, ?'[^'\\]+'){0,4}`;
const inside = String.raw`\*|-?\d{1,6}|${names}|\?@(?:\.[A-Za-z_][\w-]*)+ ?(?:==|!=) ?(?:${literal})`;
const allowed = new RegExp(String.raw`^\^?\$(?:${name}|\[(?:${inside})\])*$`, 'u');

export interface Path {
  /** Of the whole body, and not of one event of it. */
  readonly ofBody: boolean;
  readonly query: JSONPathQuery;
}

/** What a path is asked of. */
export interface Place {
  readonly event: JSONValue;
  readonly body: JSONValue;
}

/** `$.message.text` of an event; `^$.destination` of the whole body. */
export const jsonPath = z
  .string()
  .max(300)
  .transform((text, problems): Path => {
    if (!allowed.test(text)) {
      const message =
        "write a path like $.message.text, $.files[*] or $.list[?@.type == 'image']; ^$ begins at the body";
      problems.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return { ofBody: text.startsWith('^'), query: compile(text.replace('^', '')) };
  });

/** The first `most` values. */
export function valuesAt({ ofBody, query }: Path, { event, body }: Place, most = valuesMost): readonly JSONValue[] {
  const found: JSONValue[] = [];
  for (const node of query.lazyQuery(ofBody ? body : event)) {
    found.push(node.value);
    if (found.length >= most) break;
  }
  return found;
}

/** Texts, numbers and truths, as text. */
export function textsAt(path: Path, place: Place): readonly string[] {
  return valuesAt(path, place).flatMap((value) => (typeof value === 'object' ? [] : [String(value)]));
}

export function textAt(path: Path | undefined, place: Place): string | undefined {
  return path === undefined ? undefined : textsAt(path, place)[0];
}

/** JSON as it came, whole numbers too large for a double as text; undefined where it is no JSON, or too deep to read. */
export function parseBody(text: string): JSONValue | undefined {
  if (!isShallow(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text, exact);
    return json.safeParse(value).data;
  } catch {
    return undefined;
  }
}

const json: z.ZodType<JSONValue> = z.custom<JSONValue>((value) => value !== undefined);

function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  const large = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/u.test(source);
  return large ? source : value;
}
