/** The company's own small print under a message: ranges that a rule may leave out. */
import type { Normalised, Span } from '../normalised.ts';
import { fold } from './fold.ts';
import { toOriginal } from './offsets.ts';

/** So many folded characters of a disclaimer must stand there; a shorter one must stand there whole. */
const prefix = 60;

/**
 * Each given text that begins a line, to the end of its paragraph: clients wrap and shorten them. Found by what it begins
 * with, folded. What is written on the same line before it, or after an empty line, is not left out.
 */
export function disclaimersIn(text: Normalised, disclaimers: readonly string[]): readonly Span[] {
  return disclaimers.flatMap((disclaimer) => occurrences(text, fold(disclaimer.trim()).folded.slice(0, prefix)));
}

function occurrences(text: Normalised, start: string): readonly Span[] {
  const spans: Span[] = [];
  if (start === '') return spans;
  for (let at = text.folded.indexOf(start); at !== -1; at = text.folded.indexOf(start, at + start.length)) {
    const span = toOriginal(text, { start: at, end: at + start.length });
    if (beginsLine(text.original, span.start))
      spans.push({ start: span.start, end: paragraphEnd(text.original, span.end) });
  }
  return spans;
}

function beginsLine(text: string, at: number): boolean {
  let before = at;
  while (before > 0 && ' \t*_-'.includes(text.charAt(before - 1))) before -= 1;
  return before === 0 || text.charAt(before - 1) === '\n';
}

function paragraphEnd(text: string, from: number): number {
  const end = text.indexOf('\n\n', from);
  return end === -1 ? text.length : end;
}
