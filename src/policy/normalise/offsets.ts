/** From the folded text back to what somebody wrote, for highlighting and for redaction. */
import type { Span, ToOriginal } from '../normalised.ts';

/** Marks, selectors, joiners and skin tones hang on the character before them. Emoji and piled-up marks are that long at most. */
const hanging = /[\p{M}\p{Emoji_Modifier}\p{Join_Control}]/u;
const longestCluster = 32;

/** The span of the original that made `folded`, widened to whole characters as people see them; empty stays empty. */
export const toOriginal: ToOriginal = (text, folded) => {
  if (text.at === undefined || folded.start >= folded.end) return inText(text, folded);
  const { at } = text;
  const last = Math.min(folded.end, at.length - 1);
  let next = last;
  while (next < at.length - 1 && at[next] === at[last - 1]) next += 1;
  return wholeCharacters(text.original, { start: at[folded.start] ?? 0, end: at[next] ?? text.original.length });
};

function inText(text: Parameters<ToOriginal>[0], span: Span): Span {
  const at = (index: number): number => (text.at === undefined ? index : (text.at[index] ?? text.original.length));
  return { start: at(span.start), end: at(Math.max(span.start, span.end)) };
}

/** Neither half a surrogate pair nor a letter without its marks. */
function wholeCharacters(text: string, span: Span): Span {
  let { start, end } = span;
  for (let n = 0; n < longestCluster && start > 0 && hangsOn(text, start); n += 1) start = before(text, start);
  for (let n = 0; n < longestCluster && end < text.length && hangsOn(text, end); n += 1) end = behind(text, end);
  return { start, end };
}

/** Whether what begins at `index` belongs to what is before it. */
function hangsOn(text: string, index: number): boolean {
  const point = String.fromCodePoint(text.codePointAt(index) ?? 0);
  const insidePair = /[\udc00-\udfff]/.test(text.charAt(index)) && /[\ud800-\udbff]/.test(text.charAt(index - 1));
  return insidePair || hanging.test(point) || text.charAt(index - 1) === '\u200d';
}

function before(text: string, index: number): number {
  return index - (/[\udc00-\udfff]/.test(text.charAt(index - 1)) && index > 1 ? 2 : 1);
}

function behind(text: string, index: number): number {
  return index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
}
