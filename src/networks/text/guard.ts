/** What keeps a sign that somebody typed from being read as markup (docs/decisions/0039). */

/** WORD JOINER: seen by nobody, no white space, no letter, and no line breaks at it. */
export const GUARD = '\u2060';

export function withoutGuards(text: string): string {
  return text.replaceAll(GUARD, '');
}
