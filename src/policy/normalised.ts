/**
 * A text as it is matched, and where each of its characters was in the original. `fold` is built in one pass: NFKC,
 * invisible and bidi characters away, look-alikes to Latin, lower case, runs of white space to one space.
 */
export interface Normalised {
  readonly original: string;
  /** Lower case Latin where it can be; the only text that patterns and lexicons see. */
  readonly folded: string;
  /** `at[i]` is the UTF-16 offset in `original` of the character that made `folded[i]`; `at[folded.length]` is its end. Absent where both are alike but for case (ASCII). */
  readonly at?: Uint32Array;
  /** What was unusual in it: itself a hint that somebody hides something. */
  readonly tricks: readonly Trick[];
}

export type Trick = 'invisible' | 'bidi' | 'look-alike' | 'full-width' | 'combining' | 'leet' | 'spaced-out';

/** Half-open, UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Other readings of the same text, made only where the cheap test says that they may matter; offsets as in `Normalised`. */
export interface Readings {
  readonly plain: Normalised;
  /** 1 4 1 1 …, four-one-one, 4l1I: digits alone, each with its place. */
  readonly digits: readonly DigitRun[];
  /** @ for a, 0 for o, 3 for e, l.e.t.t.e.r.s drawn together. */
  readonly leet?: Normalised;
}

export interface DigitRun extends Span {
  readonly digits: string;
  /** `places[i]` is what made `digits[i]`: one character, or a word ("four"); the two digits of "double four" share one. */
  readonly places: readonly Span[];
  /** How they stood: as a number is written, or pulled apart, spelled out, disguised. */
  readonly written: 'plain' | 'grouped' | 'spaced' | 'spelled' | 'disguised' | 'assembled';
}

/** Back to the original, for highlighting and for redaction. */
export type ToOriginal = (text: Normalised, folded: Span) => Span;
