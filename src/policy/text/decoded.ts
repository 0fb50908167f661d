/** Bytes as text: UTF-8 where they are, UTF-16 where they say so, else the Latin letters of old Windows programs. */

const SAMPLE = 64 * 1024;
const marks = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;
/** Control characters that text has: tab, line feed, form feed, carriage return, end of file (DOS), escape. */
const textControls: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x1b]);

/** Undefined for what is no text. */
export function decoded(bytes: Uint8Array): string | undefined {
  const mark = marks.find((one) => one.bytes.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) return new TextDecoder(mark.encoding).decode(bytes);
  if (bytes.subarray(0, SAMPLE).some(isBinary)) return undefined;
  return utf8(bytes) ?? new TextDecoder('windows-1252').decode(bytes);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isBinary(byte: number): boolean {
  return (byte < 0x20 && !textControls.has(byte)) || byte === 0x7f;
}
