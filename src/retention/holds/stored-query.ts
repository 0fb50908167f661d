/**
 * A hold's query as it is kept: understood once, when the hold was placed. Who was meant by a name then is meant for
 * good, whatever people are called later; times are instants, not days ago.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { parseJson } from '../../core/json.ts';
import { parseContactId, parseLineId, parsePortalId, parseRoomId, type BadId } from '../../core/ids.ts';
import type { Result } from '../../core/result.ts';
import type { Meant } from '../../journal/search/cases.ts';
import type { Constraint } from '../../journal/search/field-resolver.ts';
import { markedAs, type Mark } from '../../journal/search/marks.ts';
import { matches } from '../../journal/search/matches.ts';
import { resolvedFields, type Query } from '../../journal/search/query/query.ts';

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}

const constraint = z.object({
  actor: z.exactOptional(z.string()),
  contact: z.exactOptional(id(parseContactId)),
  line: z.exactOptional(id(parseLineId)),
  room: z.exactOptional(id(parseRoomId)),
  portal: z.exactOptional(id(parsePortalId)),
  direction: z.exactOptional(z.enum(['inbound', 'outbound', 'internal', 'external'])),
});
const unit = z.object({ is: z.enum(['word', 'prefix', 'character']), text: z.string() });
const phrase = z.array(unit);
const mark = z.custom<Mark>(
  (value) => typeof value === 'string' && (markedAs.some((name) => name === value) || value.startsWith('rule:')),
);

/** A `Query` whose fields carry what they name. */
type Stored =
  | Exclude<Query, { is: 'field' | 'not' | 'and' | 'or' }>
  | (Extract<Query, { is: 'field' }> & { readonly names: readonly Constraint[] })
  | { readonly is: 'not'; readonly of: Stored }
  | { readonly is: 'and' | 'or'; readonly of: readonly Stored[] };

const stored: z.ZodType<Stored> = z.lazy(() =>
  z.discriminatedUnion('is', [
    z.object({ is: z.literal('phrase'), phrase }),
    z.object({ is: z.literal('near'), first: phrase, then: z.array(z.object({ within: z.number(), phrase })) }),
    z.object({ is: z.literal('field'), field: z.enum(resolvedFields), value: z.string(), names: z.array(constraint) }),
    z.object({ is: z.literal('kind'), kind: z.string() }),
    z.object({ is: z.literal('class'), class: z.string() }),
    z.object({ is: z.literal('has'), what: z.enum(['attachment', 'link']) }),
    z.object({ is: z.literal('state'), what: z.enum(['edited', 'deleted']) }),
    z.object({ is: z.literal('marked'), mark }),
    z.object({ is: z.literal('time'), from: z.exactOptional(z.number()), to: z.exactOptional(z.number()) }),
    z.object({ is: z.literal('not'), of: stored }),
    z.object({ is: z.enum(['and', 'or']), of: z.array(stored) }),
  ]),
);

/** JSON, for good: every later version reads it. */
export function writeMeant({ query, meant }: Meant): string {
  const write = (part: Query): Stored => {
    switch (part.is) {
      case 'field':
        return { ...part, names: meant.get(part) ?? [] };
      case 'not':
        return { is: 'not', of: write(part.of) };
      case 'and':
      case 'or':
        return { is: part.is, of: part.of.map(write) };
      default:
        return part;
    }
  };
  return JSON.stringify(write(query));
}

/** @throws ZodError when `text` was not made by `writeMeant`. */
export function readMeant(text: string): Meant {
  const meant = new Map<Query, readonly Constraint[]>();
  const read = (part: Stored): Query => {
    switch (part.is) {
      case 'field': {
        const { names, ...field } = part;
        meant.set(field, names);
        return field;
      }
      case 'not':
        return { is: 'not', of: read(part.of) };
      case 'and':
      case 'or':
        return { is: part.is, of: part.of.map(read) };
      default:
        return part;
    }
  };
  return { query: read(stored.parse(parseJson(text))), meant };
}

/**
 * Whether a hold covers this record by itself. Unlike a search it means whatever fits, not messages alone: who came and
 * went, what a room was called, what was refused before it was said.
 */
export function covers(hold: Meant, entry: Entry, marks: ReadonlySet<string>): boolean {
  return matches(entry, { ...hold, messagesOnly: false, withRefused: true }, marks);
}
