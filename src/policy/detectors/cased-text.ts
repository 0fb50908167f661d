/** Keys and crypto addresses live by their capitals, which the folded text has lost. */
import type { Normalised } from '../normalised.ts';

/** ASCII: what keys are written in. */
const caseBit = 0x20;
const a = 0x61;
const z = 0x7a;

/** The folded text with the original's capitals back, character by character: its offsets are those of `folded`. */
export function casedText({ original, folded, at }: Normalised): string {
  if (at === undefined) return original.length === folded.length ? original : folded;
  const units = new Uint16Array(folded.length);
  for (let i = 0; i < folded.length; i += 1) {
    const lower = folded.charCodeAt(i);
    const capital = original.charCodeAt(at[i] ?? original.length) === lower - caseBit;
    units[i] = capital && lower >= a && lower <= z ? lower - caseBit : lower;
  }
  return Buffer.from(units.buffer).toString('utf16le');
}
