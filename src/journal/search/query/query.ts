/** A query as it is understood: what the words, fields and operators of docs/query.md mean. */
import type { Has, Is } from '../entry-texts.ts';
import type { Mark } from '../marks.ts';

/** One word, the beginning of one (`pre*`), or one character of a script that is written without spaces. */
export interface Unit {
  readonly is: 'word' | 'prefix' | 'character';
  /** Folded. */
  readonly text: string;
}

/** Units that stand one after the other. */
export type Phrase = readonly Unit[];

/** Fields whose values only the features know: people, rooms, lines. */
export const resolvedFields = ['user', 'from', 'to', 'in', 'network', 'contact', 'line', 'case'] as const;
export type ResolvedField = (typeof resolvedFields)[number];

export type Query =
  | { readonly is: 'phrase'; readonly phrase: Phrase }
  /** Each at most `within` words from the next, in either order. */
  | { readonly is: 'near'; readonly first: Phrase; readonly then: readonly { within: number; phrase: Phrase }[] }
  | { readonly is: 'field'; readonly field: ResolvedField; readonly value: string }
  | { readonly is: 'kind'; readonly kind: string }
  | { readonly is: 'class'; readonly class: string }
  | { readonly is: 'has'; readonly what: Has }
  | { readonly is: 'state'; readonly what: Is }
  | { readonly is: 'marked'; readonly mark: Mark }
  /** Milliseconds; `from` is included, `to` is not. */
  | { readonly is: 'time'; readonly from?: number; readonly to?: number }
  | { readonly is: 'not'; readonly of: Query }
  | { readonly is: 'and'; readonly of: readonly Query[] }
  | { readonly is: 'or'; readonly of: readonly Query[] };

/** What in the text can't be understood, in words for whoever typed it. */
export interface QueryError {
  /** Where it begins: characters from the start, 0 for the first. */
  readonly at: number;
  readonly length: number;
  readonly what: string;
  /** What to write instead. */
  readonly fix: string;
}

/** What the meaning of a query depends on besides its text. */
export interface QueryContext {
  /** IANA zone of the desk: days begin and end there. */
  readonly timezone: string;
  /** Milliseconds since 1970: what `today` and `7d` count from. */
  readonly now: number;
  /** ISO 3166 country of numbers written without `+`. */
  readonly country?: string;
}

/** `At character 6, “frm:@bob”: there is no field frm. Write from:` */
export function describeQueryError(text: string, error: QueryError): string {
  const part = text.slice(error.at, error.at + error.length);
  const where = part === '' ? 'At the end' : `At character ${error.at + 1}, “${part}”`;
  return `${where}: ${error.what}. ${error.fix}.`;
}
