/** Characters of XML 1.0 (section 2.2): what is outside of them makes a server close the stream. */

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Without what XML can't hold; line ends are LF, as every parser makes them. */
export function writable(text: string): string {
  return text.toWellFormed().replace(/\r\n?/gu, '\n').replace(forbidden, '');
}

export function isWritable(text: string): boolean {
  return text.search(forbidden) === -1;
}
