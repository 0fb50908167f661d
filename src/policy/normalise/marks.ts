/** Characters that aren't letters: marks that hang on one, and what changes the order. What can't be seen: `core/invisible.ts`. */

/**
 * Combining marks that hang on any letter, by block. The vowels of Indic scripts, the points of Hebrew and Arabic and the
 * voicing of kana are not among them: they are letters to their readers.
 */
const markBlocks = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
] as const;

export function isMark(point: number): boolean {
  return markBlocks.some(([first, last]) => point >= first && point <= last);
}

export function withoutMarks(text: string): string {
  return Array.from(text.normalize('NFD'), (char) => (isMark(char.codePointAt(0) ?? 0) ? '' : char))
    .join('')
    .normalize('NFC');
}

/** Embeddings, overrides and isolates: they change in which order text is shown. */
export function isBidiControl(point: number): boolean {
  return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}
