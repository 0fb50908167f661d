/** Files of every kind that begin as files of their type do: enough for whoever looks at the first bytes. */
import { createHash } from 'node:crypto';
import type { FileKind } from '../../../src/core/network-entries.ts';
import type { KitFile } from '../network.ts';

const SIZE = 20_000;

const beginnings: Readonly<Record<string, { readonly name: string; readonly magic: Buffer }>> = {
  'image/png': {
    name: 'shelf.png',
    magic: Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex'),
  },
  'image/jpeg': { name: 'shelf.jpg', magic: Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex') },
  'image/webp': { name: 'wave.webp', magic: Buffer.from('524946461a4e000057454250565038200e4e0000', 'hex') },
  'image/gif': { name: 'wave.gif', magic: Buffer.from('474946383961100010008000000000ffffff', 'hex') },
  'video/mp4': { name: 'tour.mp4', magic: Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex') },
  'audio/mpeg': { name: 'note.mp3', magic: Buffer.from('49443303000000000000fffb9044', 'hex') },
  'audio/ogg': { name: 'note.ogg', magic: Buffer.from('4f67675300020000000000000000', 'hex') },
  'application/pdf': { name: 'offer.pdf', magic: Buffer.from('%PDF-1.7\n') },
  'text/plain': { name: 'note.txt', magic: Buffer.from('A plain note. ') },
};

const usual: Readonly<Record<FileKind, string>> = {
  image: 'image/png',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  voice: 'audio/ogg',
  animation: 'image/gif',
  sticker: 'image/webp',
  file: 'application/pdf',
};

/** One of a type that `types` allows (`image/*` allows a family); 20,000 bytes, or `size`. */
export function sampleFile(kind: FileKind, types: readonly string[], size = SIZE): KitFile {
  const allowed = (type: string): boolean =>
    types.some((one) => one === type || one === '*/*' || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))));
  const type = [usual[kind], ...Object.keys(beginnings)].find(allowed);
  const beginning = beginnings[type ?? ''];
  if (type === undefined || beginning === undefined) throw new Error(`no sample of ${types.join(', ')}`);
  const bytes = Buffer.alloc(size, beginning.magic);
  // No two halves alike, so that a lost or repeated piece shows.
  for (let at = 256; at + 4 <= size; at += 64)
    bytes.writeUInt32BE(type === 'text/plain' ? 0x41414141 + (at & 0xf) : at, at);
  return { kind, name: beginning.name, type, bytes };
}

/** SHA-256, hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
