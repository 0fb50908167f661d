/** What in a text somebody else said: lines that begin with `>`, as mail and older Matrix clients quote (Matrix 1.12, 11.7.2). */
import type { Span } from '../normalised.ts';

/** Ranges in the text as written; neighbouring lines are one range. What is quoted in formatted text is told by `visibleText`. */
export function quotedIn(text: string): readonly Span[] {
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    if (isQuote(text, start, end)) {
      const last = spans.at(-1);
      if (last?.end === start) last.end = end;
      else spans.push({ start, end });
    }
    start = end;
  }
  return spans;
}

function isQuote(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && at < start + 4 && text.charAt(at) === ' ') at += 1;
  return text.charAt(at) === '>';
}
