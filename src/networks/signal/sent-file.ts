/** A file as signal-cli takes it: a data address (RFC 2397) with the file's name in it. */
import type { OutboundFile } from '../../core/ports/outbound.ts';
import { largestSent } from './capabilities.ts';

/** Undefined where there is more of it than was said. */
export async function dataAddress(file: OutboundFile): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of file.open()) {
    size += piece.length;
    if (size > largestSent) return undefined;
    pieces.push(piece);
  }
  const type = /^[\w.+-]+\/[\w.+-]+$/u.test(file.type) ? file.type : 'application/octet-stream';
  return `data:${type};filename=${plainName(file.name)};base64,${Buffer.concat(pieces).toString('base64')}`;
}

/** Without the signs that end a part of the address. */
function plainName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf};,=%"\\/]/gu, '_').slice(0, 120);
  return plain === '' ? 'file' : plain;
}
