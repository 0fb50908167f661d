/** Bodies that are too large for one event. */

/** Cuts between characters so that no piece takes more than `maxBytes` bytes of JSON. */
export function splitBody(text: string, maxBytes: number): readonly string[] {
  if (jsonBytes(text) <= maxBytes) return [text];
  const pieces: string[] = [];
  let piece: string[] = [];
  let used = 0;
  for (const char of text) {
    const size = jsonBytes(char);
    if (used + size > maxBytes) {
      pieces.push(piece.join(''));
      piece = [];
      used = 0;
    }
    piece.push(char);
    used += size;
  }
  return [...pieces, piece.join('')];
}

/** Bytes of the text inside a JSON string. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8') - 2;
}
