/** A customer's words as room messages: exactly what was written, and in plain words what we know to be wrong with it. */
import type { NetworkMessage } from '../../core/entry.ts';

/** A Matrix event may have 65,536 bytes in all (Matrix spec, size limits); this leaves room for everything else. */
const MAX_BODY_BYTES = 40_000;

export function inboundBodies(message: NetworkMessage, mayBeRepeat: boolean): readonly string[] {
  const notes = [
    ...(message.missing === undefined ? [] : [`⚠️ Part of this message is missing (${message.missing}).`]),
    ...(mayBeRepeat ? ['(may be a repeat)'] : []),
  ];
  const text = message.text === '' ? '(empty message)' : message.text;
  return splitBody([text, ...notes].join('\n'), MAX_BODY_BYTES);
}

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

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8') - 2;
}
