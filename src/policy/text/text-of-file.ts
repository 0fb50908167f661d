/** The text of a file, as far as it can be read; else why not. */
import type { Unreadable } from '../../core/policy-words.ts';
import type { FileText, FileToRead } from '../scan.ts';
import { decoded } from './decoded.ts';
import { markupText } from './markup-text.ts';
import { inParts, MOST_TEXT } from './parts.ts';
import { pdfText } from './pdf-text.ts';
import { unreadable, type ReadText } from './read-text.ts';
import { wordText } from './word-text.ts';

const PDF = 'application/pdf';
const WORD = /^application\/vnd\.(?:openxmlformats-officedocument\.wordprocessingml|ms-word)\./u;
const ZIP = 'application/zip';
/** Office files of before 2007, and those of today that have a password. */
const COMPOUND = 'application/x-cfb';
const LOCKED_STREAM = Buffer.from('EncryptedPackage', 'utf16le');
const markup: ReadonlySet<string> = new Set(['text/html', 'application/xml', 'application/xhtml+xml', 'image/svg+xml']);
/** A PDF is one for whoever opens it where this stands among its first bytes, whatever stands before. */
const PDF_BEGINS = '%PDF-';
const PDF_WITHIN = 1_024;
/** What nobody knows may be text in an encoding of old. */
const UNKNOWN = 'application/octet-stream';

/**
 * Never rejects, whatever the bytes are. In parts of at most 64 Ki units, divided between words; `cut` where the file says
 * more than 2 Mi units. Read by what its bytes are: its name only tells a page of HTML from other text.
 */
export async function textOfFile(file: FileToRead): Promise<FileText> {
  if (file.bytes.byteLength === 0) return { ok: true, texts: [], cut: false };
  const read = await readFile(file);
  if (!read.ok) return read;
  const { text, unread } = read;
  const cut = read.cut || text.length > MOST_TEXT;
  return { ok: true, texts: inParts(text.slice(0, MOST_TEXT)), cut, ...(unread === undefined ? {} : { unread }) };
}

function readFile(file: FileToRead): ReadText | Promise<ReadText> {
  const { type, bytes } = file;
  if (type === PDF || (isPlain(type) && isPdf(bytes))) return pdfText(bytes, MOST_TEXT + 1);
  return isPlain(type) || markup.has(type) ? plainText(file) : packedText(file);
}

function packedText({ type, bytes }: FileToRead): ReadText {
  if (WORD.test(type)) return wordText(bytes, MOST_TEXT + 1) ?? unreadable('damaged');
  if (type === ZIP) return wordText(bytes, MOST_TEXT + 1) ?? unreadable('unknown-type');
  const isLocked = type === COMPOUND && isLockedOffice(bytes);
  return unreadable(isLocked ? 'locked' : whyNot(type));
}

function plainText({ type, name = '', bytes }: FileToRead): ReadText {
  const text = decoded(bytes);
  if (text === undefined) return unreadable(markup.has(type) ? 'damaged' : 'unknown-type');
  const read = markup.has(type) || isMarkup(name, text) ? markupText(text, MOST_TEXT + 1) : text;
  return { ok: true, text: read, cut: false };
}

function isPlain(type: string): boolean {
  return type === UNKNOWN || (type.startsWith('text/') && !markup.has(type));
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, PDF_WITHIN)).includes(PDF_BEGINS);
}

function isMarkup(name: string, text: string): boolean {
  return /\.x?html?$/iu.test(name) || /^\s*<(?:!doctype html|html|\?xml)[\s>]/iu.test(text.slice(0, 1_000));
}

/** MS-OFFCRYPTO 2.3.4: the document is one encrypted stream of this name. */
function isLockedOffice(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(LOCKED_STREAM);
}

function whyNot(type: string): Unreadable {
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('video/')) return 'video';
  return type.startsWith('audio/') || type === 'application/ogg' ? 'voice' : 'unknown-type';
}
