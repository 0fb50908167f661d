/** A `Narrow` in the languages of the two indexes. Tokens are hexadecimal, so nothing needs escaping. */
import { field } from './entry-tokens.ts';
import type { Narrow } from './narrow.ts';
import type { Tokens } from './tokens.ts';

/** How an index writes its operators. */
interface Writing {
  token(token: string): string;
  phrase(tokens: readonly string[]): string;
  without(every: string, token: string): string;
  readonly and: string;
  readonly or: string;
}

const fts: Writing = {
  token: (token) => `"${token}"`,
  phrase: (tokens) => `"${tokens.join(' ')}"`,
  without: (every, token) => `("${every}" NOT "${token}")`,
  and: ' AND ',
  or: ' OR ',
};

const ts: Writing = {
  token: (token) => `'${token}'`,
  phrase: (tokens) => `(${tokens.map((token) => `'${token}'`).join(' & ')})`,
  without: (_every, token) => `!'${token}'`,
  and: ' & ',
  or: ' | ',
};

/** An FTS5 MATCH expression; undefined where nothing can match. */
export function ftsMatch(narrow: Narrow, tokens: Tokens): string | undefined {
  return narrow.is === 'none' ? undefined : write(narrow, tokens, fts);
}

/** A tsquery; undefined where nothing can match. */
export function tsQuery(narrow: Narrow, tokens: Tokens): string | undefined {
  return narrow.is === 'none' ? undefined : write(narrow, tokens, ts);
}

function write(narrow: Narrow, tokens: Tokens, as: Writing): string {
  const every = tokens.knownField(field.every, '');
  const nested = (part: Narrow): string => write(part, tokens, as);
  switch (narrow.is) {
    case 'all':
    case 'marked':
      return as.token(every);
    case 'none':
      return `(${as.token(every)}${as.and}${as.token('none')})`;
    case 'token':
      return as.token(narrow.token);
    case 'phrase':
      return as.phrase(narrow.tokens);
    case 'without':
      return as.without(every, narrow.token);
    case 'and':
      return `(${narrow.of.map(nested).join(as.and)})`;
    case 'or':
      return `(${narrow.of.map(nested).join(as.or)})`;
    default:
      return narrow satisfies never;
  }
}
