/** A long text in parts that can be judged one by one. */
import { MOST_UNITS } from '../engine/limits.ts';

/** UTF-16 units of one file: 2 Mi. */
export const MOST_TEXT = 2 * 1024 * 1024;
/** How far before its end a part is looked through for a place between words: no number or phrase is longer. */
const LOOK_BACK = 4_096;

/** At most 64 Ki units each; a part ends at the end of a line where there is one, else between words, else where it must. */
export function inParts(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOfPart(text, start);
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

function endOfPart(text: string, start: number): number {
  const most = start + MOST_UNITS;
  if (most >= text.length) return text.length;
  const last = text.slice(most - LOOK_BACK, most);
  for (const between of ['\n', ' ']) {
    const at = last.lastIndexOf(between);
    if (at !== -1) return most - LOOK_BACK + at + 1;
  }
  const unit = text.charCodeAt(most - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? most - 1 : most;
}
