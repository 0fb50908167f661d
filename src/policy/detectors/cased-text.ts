/** Keys and crypto addresses live by their capitals, which the folded text has lost. */
import type { Normalised } from '../normalised.ts';

/** The folded text with the original's capitals back, character by character: its offsets are those of `folded`. */
export function casedText({ original, folded, at }: Normalised): string {
  if (at === undefined) return original.length === folded.length ? original : folded;
  const cased: string[] = [];
  for (let i = 0; i < folded.length; i += 1) {
    const lower = folded.charAt(i);
    const upper = original.charAt(at[i] ?? original.length);
    cased.push(upper !== lower && upper.toLowerCase() === lower ? upper : lower);
  }
  return cased.join('');
}
