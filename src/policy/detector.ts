/** One kind of thing that can be found by its form. Pure and linear in the text; ids are what rules name. */
import type { DetectorId } from '../core/ids.ts';
import type { Readings, Span, Trick } from './normalised.ts';
import type { Confidence } from './rule.ts';

export interface Candidate {
  /** In `readings.plain.folded`. */
  readonly span: Span;
  /** Canonical: digits alone, upper case, E.164. Only this is counted as unique; it never leaves the engine in clear. */
  readonly value: string;
  /**
   * 0.05 to 0.5 by form, also where many random numbers pass the checksum; 0.85 with a checksum that hardly any passes or
   * with the form that its people write, and by a provider's own prefix, length and alphabet; a broken checksum is no
   * candidate. The engine adds context.
   */
  readonly confidence: Confidence;
  readonly checksum: 'holds' | 'none';
  /** Of 1,000 random texts of this form so many pass its check; absent: all. Of two kinds at one place the rarer is the likelier. */
  readonly chance?: number;
  /** `ends 1111`. At most 4 characters of the value. */
  readonly masked: string;
  /** How it was hidden, where that is known of the finding alone: digits pulled apart, spelled out, disguised. */
  readonly tricks?: readonly Trick[];
}

export interface Detector {
  readonly id: DetectorId;
  /** "a payment card number": after "looks like". */
  readonly says: string;
  /** Folded words, any language, that within 5 words before or after add 0.35 (to at most 1). Whole words, never parts. */
  readonly contextWords: readonly string[];
  /** Numbers that somebody was given: at one place there is one, so of several such detectors the surest is believed. */
  readonly contends?: true;
  /** The fewest digits that one of its numbers has in a row: where no run has so many, nothing of it is in the text. */
  readonly digits?: number;
  /** No number of it has more digits, and so none stands over a longer one; absent: nobody has said. */
  readonly mostDigits?: number;
  /** False at once where nothing of it can be in the text: digits fewer than it needs, no `@`, no prefix of a key. */
  mayBeIn(readings: Readings): boolean;
  find(readings: Readings, country: string | undefined): readonly Candidate[];
}
