/** What a PDF says: the text of its pages in the order in which it is written, with notes and filled-in fields. */
import type { PDFDocumentProxy, PDFPageProxy } from 'unpdf/pdfjs';
import { z } from 'zod';
import { isModestPdf } from './pdf-streams.ts';
import { unreadable, type ReadText } from './read-text.ts';

const MOST_PAGES = 2_000;
const MOST_ANNOTATIONS = 1_000;

const content = z.object({
  items: z.array(z.looseObject({ str: z.string().optional(), hasEOL: z.boolean().optional() })),
});
const annotations = z.array(
  z.looseObject({
    fieldValue: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .catch(undefined),
    contentsObj: z.looseObject({ str: z.string() }).optional().catch(undefined),
  }),
);
const failure = z.looseObject({ name: z.string() }).catch({ name: '' });

/**
 * Never rejects; at least `enough` UTF-16 units where it has as many. `image`: not a word stands on its pages, which is
 * what a scanner makes. `locked`: it can't be opened without its password.
 */
export async function pdfText(bytes: Uint8Array, enough: number): Promise<ReadText> {
  if (!isModestPdf(bytes)) return unreadable('too-large');
  // Loaded with the first PDF: it takes a quarter of a second, and 19 MB.
  const { getDocumentProxy } = await import('unpdf');
  try {
    const options = { verbosity: 0, isEvalSupported: false, useSystemFonts: false, disableFontFace: true };
    const pdf = await getDocumentProxy(Uint8Array.from(bytes), options);
    try {
      return await textOf(pdf, enough);
    } finally {
      await pdf.loadingTask.destroy();
    }
  } catch (error) {
    return unreadable(failure.parse(error).name === 'PasswordException' ? 'locked' : 'damaged');
  }
}

async function textOf(pdf: PDFDocumentProxy, enough: number): Promise<ReadText> {
  const pages = Math.min(pdf.numPages, MOST_PAGES);
  let text = '';
  let unreadPages = 0;
  for (let number = 1; number <= pages && text.length < enough; number += 1) {
    const said = await textOfPage(pdf, number, enough - text.length);
    if (said === undefined) unreadPages += 1;
    else text += said;
  }
  if (pages === 0 || unreadPages === pages) return unreadable('damaged');
  const unread = unreadPages > 0 ? 'damaged' : undefined;
  if (unread === undefined && text.trim() === '') return unreadable('image');
  return { ok: true, text, cut: pdf.numPages > MOST_PAGES, ...(unread === undefined ? {} : { unread }) };
}

/** Undefined for a page that is broken: the others may be whole. */
async function textOfPage(pdf: PDFDocumentProxy, number: number, enough: number): Promise<string | undefined> {
  try {
    const page = await pdf.getPage(number);
    const text = `${await written(page, enough)}\n${await filledIn(page)}`;
    page.cleanup();
    return text;
  } catch {
    return undefined;
  }
}

async function written(page: PDFPageProxy, enough: number): Promise<string> {
  const reader = page.streamTextContent().getReader();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    for (const { str = '', hasEOL } of content.parse(read.value).items) text += hasEOL === true ? `${str}\n` : str;
    if (text.length < enough) continue;
    await reader.cancel(new Error('enough'));
    break;
  }
  return text;
}

async function filledIn(page: PDFPageProxy): Promise<string> {
  const given: unknown = await page.getAnnotations();
  const some = Array.isArray(given) ? given.slice(0, MOST_ANNOTATIONS) : [];
  const said = annotations
    .parse(some)
    .flatMap(({ fieldValue = [], contentsObj }) => [
      ...(typeof fieldValue === 'string' ? [fieldValue] : fieldValue),
      contentsObj?.str ?? '',
    ]);
  return said
    .filter((one) => one !== '')
    .map((one) => `${one}\n`)
    .join('');
}
