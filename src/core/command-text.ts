/** What counts as a command: `!` and a letter, as phones type it. Nothing of this shape ever goes outside (DESIGN 13). */
export function looksLikeCommand(body: string): boolean {
  return /^[\s\u200b-\u200f\u2060\ufeff]*[!\uff01]\p{L}/u.test(body);
}
