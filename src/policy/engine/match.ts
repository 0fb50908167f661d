/** Something found in one text, before a rule has weighed it. */
import type { Span, Trick } from '../normalised.ts';
import type { Confidence } from '../rule.ts';
import type { Finding } from '../verdict.ts';

export interface Match {
  /** In the plain folded text: what distances are measured in. */
  readonly folded: Span;
  /** In the text itself. */
  readonly original: Span;
  readonly by: Finding['by'];
  /** Tells it from another: the canonical value, the term, or the folded words that a pattern found. In clear; stays here. */
  readonly value: string;
  /** A word of a lexicon is no value: it is named by its number. */
  readonly isValue: boolean;
  readonly confidence: Confidence;
  readonly masked: string;
  readonly tricks: readonly Trick[];
  /** Of a kind of number that contends with others for its place: whether a word names it, and how many of 1,000 random texts pass for it. */
  readonly number: { readonly isNamed: boolean; readonly chance: number } | undefined;
}

/** All matches of one condition in one text. `cut`: there were more than are kept. */
export interface Matches {
  readonly found: readonly Match[];
  readonly cut: boolean;
}

export const noMatches: Matches = { found: [], cut: false };

/** `card`, `off-channel-en#12`, `pattern:0`. */
export function nameOf(by: Match['by']): string {
  if ('detector' in by) return by.detector;
  return 'lexicon' in by ? `${by.lexicon}#${by.term}` : `pattern:${by.pattern}`;
}
