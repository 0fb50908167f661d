/** What counts as a command: `!` and a letter, as phones type it. Nothing of this shape ever goes outside (DESIGN 13). */
export function looksLikeCommand(body: string): boolean {
  return /^[\s\u200b-\u200f\u2060\ufeff]*[!\uff01]\p{L}/u.test(body);
}

/**
 * What its sender typed into a reply, without the quotation that older clients put in front of it
 * (Matrix spec 1.12, 11.7.2): a line `> <@user> …`, further lines with `>`, an empty line.
 */
export function withoutQuote(body: string): string {
  if (!body.startsWith('> <@')) return body;
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  return end === -1 ? body : lines.slice(lines[end] === '' ? end + 1 : end).join('\n');
}
