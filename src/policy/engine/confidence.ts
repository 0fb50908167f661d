/** How sure a finding is: its form and checksum, the words around it, and what the rule's hot words make of it. */
import { firstIndex } from '../matching/first-index.ts';
import { countIn } from '../matching/word-bounds.ts';
import type { WordHit, WordHits } from '../matching/word-finder.ts';
import type { Span } from '../normalised.ts';
import type { Confidence } from '../rule.ts';

/** Words and patterns of a rule start here and count from here on: a hot word that takes away takes them out. */
export const ofWords: Confidence = 0.5;
/** What a context word adds (as in Microsoft Presidio, which looks for parts of words). */
export const byContext = 0.35;
const CONTEXT_WORDS = 5;

/** Is one of the words within 5 words before or after? A text with more of them than are kept has them everywhere. */
export function hasContext({ hits, cut }: WordHits, at: Span, wordStarts: Uint32Array): boolean {
  if (cut) return true;
  const next = lowest(hits, at.end);
  const after = hits[next];
  if (after !== undefined && countIn(wordStarts, at.end, after.start) < CONTEXT_WORDS) return true;
  // Backwards until one begins too early: those that reach into the finding are part of it.
  for (let index = lowest(hits, at.start) - 1; index >= 0; index -= 1) {
    const before = hits[index];
    if (before === undefined || countIn(wordStarts, before.start, at.start) > CONTEXT_WORDS + WORDS_OF_ONE)
      return false;
    if (before.end <= at.start && countIn(wordStarts, before.end, at.start) < CONTEXT_WORDS) return true;
  }
  return false;
}

/** A context word may be a phrase of up to so many words. */
const WORDS_OF_ONE = 8;

/** Is one of the words wholly within so many characters? */
export function isAround({ hits }: WordHits, at: Span, before: number, after: number): boolean {
  for (let index = lowest(hits, at.start - before); index < hits.length; index += 1) {
    const hit = hits[index];
    if (hit === undefined || hit.start >= at.end + after) return false;
    if (hit.end <= at.start || (hit.start >= at.end && hit.end <= at.end + after)) return true;
  }
  return false;
}

/** Two decimals: sums of tenths must not fall short of what a rule asks for. */
export function sum(form: Confidence, more: number): Confidence {
  return Math.round(Math.min(1, Math.max(0, form + more)) * 100) / 100;
}

function lowest(hits: readonly WordHit[], least: number): number {
  return firstIndex(hits.length, (index) => (hits[index]?.start ?? 0) >= least);
}
