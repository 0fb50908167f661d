import { fileTypeFromBuffer } from 'file-type';

/** What nobody can tell. */
export const UNKNOWN_TYPE = 'application/octet-stream';
/** Control characters that text has: tab, line feed, form feed, carriage return, escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * What a file is, by its first bytes: whatever its sender says of it. Anything that reads as UTF-8 text is `text/plain`,
 * markup too unless it is XML: what is shown to a person is never run.
 */
export async function sniffType(head: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined) return found.mime;
  return isText(head) ? 'text/plain' : UNKNOWN_TYPE;
}

function isText(head: Uint8Array): boolean {
  if (head.length === 0 || head.some(isBinary)) return false;
  try {
    // The head may end inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function isBinary(byte: number): boolean {
  return (byte < 0x20 && !TEXT_CONTROLS.has(byte)) || byte === 0x7f;
}
