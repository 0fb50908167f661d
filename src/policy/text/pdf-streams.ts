/** Whether a PDF can be read with the memory that there is: what its streams become is found out before it is opened. */
import { constants, inflateSync } from 'node:zlib';

const MiB = 1024 * 1024;

export interface PdfLimits {
  /** Objects and streams. */
  readonly objects: number;
  /** Bytes that one stream may become; pictures, which are not unpacked for the text, in `pictureBytes`. */
  readonly streamBytes: number;
  readonly pictureBytes: number;
  /** Bytes that all streams but pictures may become together. */
  readonly bytes: number;
}

export const pdfLimits: PdfLimits = {
  objects: 50_000,
  streamBytes: 4 * MiB,
  pictureBytes: 64 * MiB,
  bytes: 32 * MiB,
};

/** How much larger a stream in another form than Flate is taken to become: what it becomes is not found out. */
const OTHERS_BECOME = 100;
/** Flate in Flate in Flate has no use but to hide how much there is. */
const MOST_NESTED = 3;
/** A stream's dictionary is this close before it. */
const DICTIONARY = 1_024;
const PICTURE = /\/Subtype\s*\/Image\b/u;

/** Whether it keeps to the limits. Reads names as a reader would, `#69` for `i` among them. */
export function isModestPdf(pdf: Uint8Array, limits: PdfLimits = pdfLimits): boolean {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  if (countOf(bytes, ' obj', limits.objects) > limits.objects) return false;
  let all = 0;
  let streams = 0;
  for (let at = nextStream(bytes, 0); at !== undefined; at = nextStream(bytes, at.begins)) {
    streams += 1;
    const most = at.isPicture ? limits.pictureBytes : limits.streamBytes;
    const size = unpackedSize(bytes, at.begins, most);
    if (size > most || streams > limits.objects) return false;
    if (!at.isPicture) all += size;
    if (all > limits.bytes) return false;
  }
  return true;
}

interface Stream {
  /** Of its first byte. */
  readonly begins: number;
  readonly isPicture: boolean;
}

/** `endstream` is none: it would only be looked into for nothing. */
function nextStream(bytes: Buffer, from: number): Stream | undefined {
  for (let at = bytes.indexOf('stream', from); at !== -1; at = bytes.indexOf('stream', at + 1)) {
    if (bytes.toString('latin1', Math.max(0, at - 3), at) === 'end') continue;
    const begins = lineAfter(bytes, at);
    const before = bytes.toString('latin1', Math.max(0, at - DICTIONARY), at);
    const dictionary = before.slice(before.lastIndexOf(' obj') + 1).replace(/#([0-9a-f]{2})/giu, unescaped);
    return { begins, isPicture: PICTURE.test(dictionary) };
  }
  return undefined;
}

function unescaped(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function lineAfter(bytes: Buffer, at: number): number {
  let line = at;
  while (line < bytes.length && bytes[line] !== 0x0a && bytes[line] !== 0x0d) line += 1;
  return bytes[line] === 0x0d && bytes[line + 1] === 0x0a ? line + 2 : line + 1;
}

/** More than `most` where it is more, whatever it is then. */
function unpackedSize(bytes: Buffer, begins: number, most: number): number {
  let inside = inflated(bytes.subarray(begins), most);
  if (inside === 'other') {
    const ends = bytes.indexOf('endstream', begins);
    const length = (ends === -1 ? bytes.length : ends) - begins;
    return looksPacked(bytes, begins) ? length * OTHERS_BECOME : length;
  }
  let size = 0;
  for (let nested = 0; typeof inside !== 'string'; nested += 1) {
    size = Math.max(size, inside.length);
    if (nested >= MOST_NESTED) return most + 1;
    inside = inflated(inside, most);
  }
  return inside === 'more' ? most + 1 : size;
}

/** Plain operators and objects begin with text; what is packed in some other form is told by its dictionary. */
function looksPacked(bytes: Buffer, begins: number): boolean {
  const before = bytes.toString('latin1', Math.max(0, begins - DICTIONARY), begins);
  return before.slice(before.lastIndexOf(' obj') + 1).includes('/Filter') || before.includes('#');
}

/** All bytes behind it may be given: it ends by itself. */
function inflated(bytes: Buffer, most: number): Buffer | 'other' | 'more' {
  try {
    const packed = inflateSync(bytes, { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH });
    return packed.length === 0 ? 'other' : packed;
  } catch (error) {
    return isTooMuch(error) ? 'more' : 'other';
  }
}

/** `maxOutputLength` was reached. */
function isTooMuch(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function countOf(bytes: Buffer, text: string, most: number): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1 && count <= most; at = bytes.indexOf(text, at + 1)) count += 1;
  return count;
}
