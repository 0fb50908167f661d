/** Words that must be found nowhere, in each form in which they may lie in bytes. */

/** The ways in which a word may lie in bytes; base64 at each of its three alignments. */
export function formsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret, 'utf8');
  const based = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/u, '');
    // The first characters depend on what stands before, the last one on what follows.
    const inner = text.slice(shift === 0 ? 0 : shift + 1, -1);
    return inner.length >= 8 ? [inner, inner.replaceAll('+', '-').replaceAll('/', '_')] : [];
  });
  return [
    bytes,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(secret, 'utf16le').swap16(),
    Buffer.from(bytes.toString('hex')),
    ...based.map((text) => Buffer.from(text)),
  ];
}

/** Whether `bytes` hold the word in any form, in capitals or not. */
export function holds(bytes: Buffer, secret: string): boolean {
  const lower = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
  const clear = formsOf(secret).some((form) => bytes.includes(form));
  return clear || formsOf(secret.toLowerCase()).some((form) => lower.includes(form));
}
