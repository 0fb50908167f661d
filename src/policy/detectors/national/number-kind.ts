/** How a state's number is looked for: as digits in any writing, or as letters and digits in its own form. */
import type { Confidence } from '../../rule.ts';

/** `compact` is the same for all writings of a number. */
export type Checked = { readonly isValid: true; readonly compact: string } | { readonly isValid: false };

interface Kind {
  /** The state's own check: length, components, check digit. */
  readonly validate: (value: string) => Checked;
  /** How many of 1,000 random texts of the right form pass `validate`, as measured. */
  readonly passes: number;
  /** It has only a form: a day that exists, letters that are given out. */
  readonly noCheckDigit?: true;
}

/** Digits alone. */
export interface DigitsKind extends Kind {
  readonly is: 'digits';
  readonly lengths: readonly number[];
  /** As its people write it, and hardly anybody anything else; tried on the folded text from the first to the last digit. */
  readonly form?: RegExp;
  /** As its people often write it, and other people write other things. */
  readonly often?: RegExp;
}

/** Letters among the digits; `pattern` matches in folded text, as a whole word, and cannot backtrack far. */
export interface LettersKind extends Kind {
  readonly is: 'letters';
  readonly pattern: string;
  /** Where no run of so many digits is in a text, the pattern is in it neither. */
  readonly digits: number;
  /** Where the form is common; else 0.85 with a check digit. */
  readonly confidence?: Confidence;
}

export type NumberKind = DigitsKind | LettersKind;

export interface Nation {
  /** ISO 3166, lower case: the detector is `id-<country>`. */
  readonly country: string;
  readonly says: string;
  readonly kinds: readonly NumberKind[];
  readonly contextWords: readonly string[];
}
