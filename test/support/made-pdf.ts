/** Small PDF files for tests (ISO 32000-1): pages of text, and streams, filters and trailers as a test wants them. */
import { deflateSync } from 'node:zlib';

/** One piece of text at a place of its page; points from the lower left corner. */
export type Placed = Readonly<{ text: string; x: number; y: number }>;

export interface MadePdf {
  /** What each page shows: content-stream operators. */
  readonly pages: readonly string[];
  /** The streams are compressed. */
  readonly flate?: boolean;
  /** How streams are written, in place of the above: the filter's name as the dictionary says it, and the bytes. */
  readonly filter?: { readonly name: string; readonly of: (content: string) => Buffer };
  /** More of the trailer. */
  readonly trailer?: string;
  /** More objects, after those of the pages. */
  readonly objects?: readonly string[];
  /** More of each page's dictionary. */
  readonly page?: string;
}

const FIRST_OF_PAGES = 4;

/** Operators that show the texts where they are placed, in 12 point. */
export function showing(placed: readonly Placed[]): string {
  const shown = placed.map(({ text, x, y }) => `1 0 0 1 ${x} ${y} Tm (${escaped(text)}) Tj`);
  return `BT /F1 12 Tf ${shown.join(' ')} ET`;
}

/** Lines from the top of a page. */
export function lines(...texts: readonly string[]): string {
  return showing(texts.map((text, at) => ({ text, x: 72, y: 720 - 16 * at })));
}

export function madePdf({ pages, flate = false, filter, trailer = '', objects = [], page = '' }: MadePdf): Buffer {
  const kids = pages.map((_, at) => `${FIRST_OF_PAGES + 2 * at} 0 R`).join(' ');
  const all: Buffer[] = [
    latin('<< /Type /Catalog /Pages 2 0 R >>'),
    latin(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    latin('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'),
    ...pages.flatMap((content, at) => [
      latin(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> ` +
          `/Contents ${FIRST_OF_PAGES + 2 * at + 1} 0 R ${page} >>`,
      ),
      stream(content, filter ?? (flate ? deflated : undefined)),
    ]),
    ...objects.map(latin),
  ];
  return file(all, trailer);
}

const deflated = { name: '/FlateDecode', of: (content: string) => deflateSync(latin(content), { level: 9 }) };

function stream(content: string, filter: MadePdf['filter']): Buffer {
  const bytes = filter === undefined ? latin(content) : filter.of(content);
  const said = filter === undefined ? '' : ` /Filter ${filter.name}`;
  return Buffer.concat([latin(`<< /Length ${bytes.length}${said} >>\nstream\n`), bytes, latin('\nendstream')]);
}

function file(objects: readonly Buffer[], trailer: string): Buffer {
  const parts = [latin('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  const put = (bytes: Buffer): void => {
    parts.push(bytes);
    length += bytes.length;
  };
  objects.forEach((object, at) => {
    offsets.push(length);
    put(Buffer.concat([latin(`${at + 1} 0 obj\n`), object, latin('\nendobj\n')]));
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${table}`;
  put(latin(`${xref}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`));
  return Buffer.concat(parts);
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function escaped(text: string): string {
  return text.replace(/[\\()]/gu, (char) => `\\${char}`);
}
