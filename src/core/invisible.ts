/** Characters that nobody sees, and texts that consist of nothing else. */

const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u;
const white = /^\s$/u;

/** Controls but white space, soft hyphens, joiners, fillers, selectors, tags, the empty Braille cell. */
export function isInvisible(char: string, point: number): boolean {
  const isWhite = (point >= 0x09 && point <= 0x0d) || point === 0x20 || point === 0x85;
  const control = !isWhite && (point < 0x20 || (point >= 0x7f && point < 0xa0));
  return control || invisible.test(char);
}

/** Nothing in it can be seen: white space, and what is invisible. */
export function isBlank(text: string): boolean {
  for (const char of text) {
    if (!white.test(char) && !isInvisible(char, char.codePointAt(0) ?? 0)) return false;
  }
  return true;
}
