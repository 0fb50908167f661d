/** The text of a file, as far as it can be read: plain text in the encodings that people have, tables as text, markup. */
import type { FileText, FileToRead } from '../scan.ts';
import { markupText } from './markup-text.ts';
import { inParts, MOST_TEXT } from './parts.ts';
import { decoded } from './decoded.ts';

/** What sniffing calls text, or knows nothing about, which old encodings of text are. */
const perhapsText: ReadonlySet<string> = new Set(['text/plain', 'text/csv', 'application/octet-stream']);
const markup: ReadonlySet<string> = new Set(['text/html', 'application/xml', 'application/xhtml+xml']);

/**
 * Never rejects, whatever the bytes are. In parts of at most 64 Ki units, divided between words; `cut` where the file says
 * more than 2 Mi units. `unknown-type`: a file of this type is not read, whatever its name says that it is.
 */
export function textOfFile(file: FileToRead): Promise<FileText> {
  return Promise.resolve(textOf(file));
}

function textOf({ type, name = '', bytes }: FileToRead): FileText {
  if (!perhapsText.has(type) && !markup.has(type)) return { ok: false, why: 'unknown-type' };
  if (bytes.byteLength === 0) return { ok: true, texts: [], cut: false };
  const text = decoded(bytes);
  if (text === undefined) return { ok: false, why: markup.has(type) ? 'damaged' : 'unknown-type' };
  const read = markup.has(type) || isMarkup(name, text) ? markupText(text, MOST_TEXT + 1) : text;
  return { ok: true, texts: inParts(read.slice(0, MOST_TEXT)), cut: read.length > MOST_TEXT };
}

function isMarkup(name: string, text: string): boolean {
  return /\.x?html?$/iu.test(name) || /^\s*<(?:!doctype html|html|\?xml)[\s>]/iu.test(text.slice(0, 1_000));
}
