/** Addresses of web pages and the like: what a rule may leave out, because long numbers in them are nobody's. */
import type { Span } from '../normalised.ts';

const schemeLetter = /[a-z0-9+.-]/i;
const longestScheme = 16;
/** An address ends at white space, a quotation mark or a bracket; what closes a sentence isn't part of it. */
const ends = /[\s<>"']/g;
const closing = '.,;:!?)]}*_';

/** Ranges in the text as written, in order; linear. */
export function urlsIn(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const start of beginnings(text)) {
    const last = spans.at(-1);
    if (last === undefined || start >= last.end) spans.push({ start, end: endOf(text, start) });
  }
  return spans;
}

function beginnings(text: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const start = schemeStart(text, at);
    if (start < at) found.push(start);
  }
  for (const match of text.matchAll(/\bwww\.|\bmailto:|\btel:/gi)) found.push(match.index);
  return found.sort((a, b) => a - b);
}

function schemeStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestScheme && schemeLetter.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function endOf(text: string, start: number): number {
  ends.lastIndex = start;
  let end = ends.exec(text)?.index ?? text.length;
  while (end > start && closing.includes(text.charAt(end - 1))) end -= 1;
  return end;
}
