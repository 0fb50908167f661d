import type { Mark } from './marks.ts';

/** What the index is asked: positions whose tokens satisfy it hold every record that the query can match. */
export type Narrow =
  | { readonly is: 'all' }
  | { readonly is: 'none' }
  | { readonly is: 'token'; readonly token: string }
  /** In no index: there every record may have it. */
  | { readonly is: 'marked'; readonly mark: Mark }
  /** These tokens one after the other; an index that keeps no places takes it as all of them. */
  | { readonly is: 'phrase'; readonly tokens: readonly string[] }
  | { readonly is: 'and'; readonly of: readonly Narrow[] }
  | { readonly is: 'or'; readonly of: readonly Narrow[] }
  /** Only of tokens that every matching record has and no other: fields, never words. */
  | { readonly is: 'without'; readonly token: string };

export const all: Narrow = { is: 'all' };
export const none: Narrow = { is: 'none' };

export function token(value: string): Narrow {
  return { is: 'token', token: value };
}

export function and(parts: readonly Narrow[]): Narrow {
  if (parts.some((part) => part.is === 'none')) return none;
  const of = parts.filter((part) => part.is !== 'all');
  return of.length <= 1 ? (of[0] ?? all) : { is: 'and', of };
}

export function or(parts: readonly Narrow[]): Narrow {
  if (parts.some((part) => part.is === 'all')) return all;
  const of = parts.filter((part) => part.is !== 'none');
  return of.length <= 1 ? (of[0] ?? none) : { is: 'or', of };
}
