/** Cuts a query into pieces, as phones type it: curly quotes, long dashes, no-break spaces, full-width signs. */
import { err, ok, type Result } from '../../../core/result.ts';
import { numberAt } from './numbers.ts';
import { resolvedFields, type QueryContext, type QueryError } from './query.ts';

export type Piece = {
  readonly at: number;
  readonly length: number;
} & (
  | { readonly is: 'open' | 'close' | 'not' | 'or' }
  | { readonly is: 'near'; readonly within: number }
  | { readonly is: 'quoted'; readonly text: string }
  | { readonly is: 'word'; readonly text: string; readonly star: boolean }
  | { readonly is: 'field'; readonly name: string; readonly value: string; readonly valueAt: number }
);

const LONGEST_QUERY = 2_000;
/** Furthest that NEAR reaches, in words. */
export const WIDEST_NEAR = 100;

/** Each is replaced by one character, so that places stay those of what was typed. */
const TYPED: readonly (readonly [RegExp, string])[] = [
  [/[“”„‟«»＂]/gu, '"'],
  [/[（]/gu, '('],
  [/[）]/gu, ')'],
  [/[：]/gu, ':'],
  [/[＊]/gu, '*'],
  [/\s/gu, ' '],
];
const DASHES = '-‐‑‒–—―−－';
const QUOTED = /"(?<text>[^"]*)"/uy;
const FIELD = /(?<name>\p{L}+):(?!\/\/)/uy;
const WORD = /[^\s"()]+/uy;
const BLANK = / +/uy;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

export function cut(typed: string, context: QueryContext): Result<readonly Piece[], QueryError> {
  if (typed.length > LONGEST_QUERY) {
    const what = `the query is longer than ${LONGEST_QUERY} characters`;
    return err({ at: LONGEST_QUERY, length: 10, what, fix: 'Search for less at a time' });
  }
  const text = TYPED.reduce((so, [pattern, plain]) => so.replace(pattern, plain), typed);
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = matchAt(BLANK, text, at);
    if (blank !== undefined) {
      at += blank[0].length;
      continue;
    }
    const piece = pieceAt(text, at, context);
    if (!piece.ok) return piece;
    pieces.push(piece.value);
    at += piece.value.length;
  }
  return ok(pieces);
}

function pieceAt(text: string, at: number, context: QueryContext): Result<Piece, QueryError> {
  const sign = text.charAt(at);
  if (sign === '(') return ok({ at, length: 1, is: 'open' });
  if (sign === ')') return ok({ at, length: 1, is: 'close' });
  if (DASHES.includes(sign)) return notAt(text, at);
  if (sign === '"') return quotedAt(text, at);
  const field = matchAt(FIELD, text, at);
  return field === undefined
    ? ok(wordAt(text, at))
    : fieldAt(text, at, { name: field.groups?.['name'] ?? '', context });
}

function notAt(text: string, at: number): Result<Piece, QueryError> {
  const next = text.charAt(at + 1);
  if (next !== '' && next !== ' ' && next !== ')') return ok({ at, length: 1, is: 'not' });
  const fix = 'Write -word, without a space, to leave out records with that word';
  return err({ at, length: 1, what: 'this dash stands alone', fix });
}

function quotedAt(text: string, at: number): Result<Piece, QueryError> {
  const quoted = matchAt(QUOTED, text, at);
  if (quoted === undefined) {
    return err({ at, length: text.length - at, what: 'this quotation does not end', fix: 'Add a " at its end' });
  }
  return ok({ at, length: quoted[0].length, is: 'quoted', text: quoted.groups?.['text'] ?? '' });
}

function wordAt(text: string, at: number): Piece {
  const word = matchAt(WORD, text, at)?.[0] ?? text.charAt(at);
  const near = /^NEAR\/(?<within>\d{1,4})$/u.exec(word)?.groups?.['within'];
  if (near !== undefined) return { at, length: word.length, is: 'near', within: Number(near) };
  if (word === 'OR') return { at, length: 2, is: 'or' };
  const star = word.endsWith('*');
  return { at, length: word.length, is: 'word', text: star ? word.slice(0, -1) : word, star };
}

function fieldAt(
  text: string,
  at: number,
  { name, context }: { readonly name: string; readonly context: QueryContext },
): Result<Piece, QueryError> {
  const field = name.toLowerCase();
  const valueAt = at + name.length + 1;
  const piece = (value: string, length: number): Result<Piece, QueryError> =>
    ok({ at, length: name.length + 1 + length, is: 'field', name: field, value, valueAt });
  if (text.charAt(valueAt) === '"') {
    const quoted = quotedAt(text, valueAt);
    return quoted.ok && quoted.value.is === 'quoted' ? piece(quoted.value.text, quoted.value.length) : quoted;
  }
  const number = resolvedFields.some((known) => known === field) ? numberAt(text.slice(valueAt), context) : undefined;
  if (number !== undefined) return piece(number.e164, number.length);
  const value = matchAt(WORD, text, valueAt)?.[0] ?? '';
  return piece(value, value.length);
}
