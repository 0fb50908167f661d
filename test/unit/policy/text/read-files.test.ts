import { describe, expect, test } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import { strToU8, zipSync, type Zippable } from 'fflate';
import type { FileText } from '../../../../src/policy/scan.ts';
import { pdfText } from '../../../../src/policy/text/pdf-text.ts';
import { textOfFile } from '../../../../src/policy/text/text-of-file.ts';
import { lines, madePdf, showing } from '../../../support/made-pdf.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const PDF = 'application/pdf';
const MiB = 1024 * 1024;

function read(bytes: Uint8Array, type: string): Promise<FileText> {
  return textOfFile({ type, bytes });
}

async function textIn(bytes: Uint8Array, type = PDF): Promise<string> {
  const text = await read(bytes, type);
  if (!text.ok) return text.why;
  return `${text.texts.join('')}${text.unread === undefined ? '' : ` (${text.unread})`}${text.cut ? ' (cut)' : ''}`;
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const documentOf = (inside: string): string =>
  `<?xml version="1.0"?><w:document ${W}><w:body>${inside}</w:body></w:document>`;
const paragraph = (...runs: readonly string[]): string =>
  `<w:p>${runs.map((run) => `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">${run}</w:t></w:r>`).join('')}</w:p>`;

function docx(inside: string, more: Zippable = {}): Uint8Array {
  return zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'word/document.xml': strToU8(documentOf(inside)),
    ...more,
  });
}

function word(bytes: Uint8Array, type = DOCX): Promise<string> {
  return textIn(bytes, type);
}

describe('A PDF', () => {
  test('says what its pages say, packed or not', async () => {
    for (const flate of [false, true]) {
      const pdf = madePdf({ pages: [lines('card 4111 1111', '1111 1111'), lines('page two')], flate });
      expect(await textIn(pdf)).toBe('card 4111 1111\n1111 1111\npage two\n');
    }
  });

  test('is read column by column, as it was written', async () => {
    const columns = [
      ...['4111 1111', '1111 1111'].map((text, at) => ({ text, x: 72, y: 700 - 16 * at })),
      ...['the other', 'column'].map((text, at) => ({ text, x: 320, y: 700 - 16 * at })),
    ];
    expect(await textIn(madePdf({ pages: [showing(columns)] }))).toBe('4111 1111\n1111 1111\nthe other\ncolumn\n');
  });

  test('shows a number that is divided into pieces as one', async () => {
    const pieces = 'BT /F1 12 Tf 72 700 Td (4111) Tj ( 11) Tj (11 1111 1111) Tj ET';
    expect(await textIn(madePdf({ pages: [pieces] }))).toBe('4111 1111 1111 1111\n');
  });

  test('says what was filled in and noted', async () => {
    const field = '<< /Type /Annot /Subtype /Widget /FT /Tx /T (card) /V (4111 1111 1111 1111) /Rect [0 0 1 1] >>';
    const note = '<< /Type /Annot /Subtype /Text /Contents (call my cell) /Rect [0 0 1 1] >>';
    const pdf = madePdf({ pages: [lines('form')], page: '/Annots [6 0 R 7 0 R]', objects: [field, note] });
    const text = await textIn(pdf);
    expect(text).toContain('4111 1111 1111 1111\n');
    expect(text).toContain('call my cell\n');
  });

  test('without a word on its pages is a picture', async () => {
    expect(await textIn(madePdf({ pages: ['0 0 m 10 10 l S'] }))).toBe('image');
  });

  test('that asks for a password is locked', async () => {
    const keys = `/O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}>`;
    const trailer = `/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 ${keys} >>`;
    expect(await textIn(madePdf({ pages: [lines('4111')], trailer }))).toBe('locked');
  });

  test('that is none, or is cut off, is damaged', async () => {
    expect(await textIn(Buffer.from('%PDF-1.7 4111 1111 1111 1111 '.repeat(50)))).toBe('damaged');
    expect(await textIn(madePdf({ pages: [lines('4111')] }).subarray(0, 200))).toBe('damaged');
    expect(await textIn(Buffer.from('%PDF-'))).toBe('damaged');
  });

  test('is one whatever stands before it, and whatever it is called', async () => {
    const pdf = Buffer.concat([Buffer.from('a note before it\n'), madePdf({ pages: [lines('4111 1111')] })]);
    expect(await textIn(pdf, 'text/plain')).toBe('4111 1111\n');
    expect(await textIn(pdf, 'application/octet-stream')).toBe('4111 1111\n');
  });

  test('is read no further than is wanted', async () => {
    const pages = Array.from({ length: 40 }, (_, at) =>
      lines(`page ${at}`, ...Array.from({ length: 9 }, () => 'word '.repeat(9))),
    );
    const text = await pdfText(madePdf({ pages, flate: true }), 1_000);
    if (!text.ok) throw new Error(text.why);
    expect(text.text.length).toBeGreaterThan(1_000);
    expect(text.text).not.toContain('page 9');
  });

  const spaces = ' '.repeat(50 * MiB);
  const flate = (content: string): Buffer => deflateSync(Buffer.from(content, 'latin1'));
  test.each([
    ['a stream', '/FlateDecode', flate],
    ['a stream under another name', '/Fl#61teDecode', flate],
    ['a stream in a stream', '[/FlateDecode /FlateDecode]', (content: string) => deflateSync(flate(content))],
    [
      'a stream in letters',
      '[/ASCIIHexDecode /FlateDecode]',
      (content: string) => Buffer.from(`${flate(content).toString('hex')}>`),
    ],
  ])('that unpacks to 50 MB of %s from 49 KB is not opened', async (_what, name, of) => {
    const pdf = madePdf({ pages: [spaces], filter: { name, of } });
    expect(pdf.length).toBeLessThan(110_000);
    expect(await textIn(pdf)).toBe('too-large');
  });

  test('of more objects than anybody needs is not opened', async () => {
    expect(await textIn(madePdf({ pages: [lines('4111')], objects: Array.from({ length: 60_000 }, () => '0') }))).toBe(
      'too-large',
    );
  });
});

describe('A Word document', () => {
  test('says what its paragraphs say, and a number divided into runs is one', async () => {
    const bytes = docx(paragraph('card 41', '11 1111 ', '1111 1111') + paragraph('Tom &amp; Ann'));
    expect(await word(bytes)).toBe('card 4111 1111 1111 1111\nTom & Ann\n');
  });

  test('is one also where only its parts show it', async () => {
    expect(await word(docx(paragraph('4111')), 'application/zip')).toBe('4111\n');
  });

  test('says what stands in its tables, tabs and breaks', async () => {
    const cells = `<w:tbl><w:tr><w:tc>${paragraph('4111')}</w:tc><w:tc>${paragraph('1111')}</w:tc></w:tr></w:tbl>`;
    const run = '<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r></w:p>';
    expect(await word(docx(cells + run))).toBe('4111\n1111\na\tb\nc-\n');
  });

  test('says what stands in headers, footers, notes and comments, and what was struck out', async () => {
    const names = ['header1', 'footer2', 'footnotes', 'endnotes', 'comments'];
    const more = Object.fromEntries(names.map((name) => [`word/${name}.xml`, strToU8(documentOf(paragraph(name)))]));
    const struck = '<w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del></w:p>';
    const text = await word(docx(struck, { ...more, 'word/settings.xml': strToU8(documentOf(paragraph('not this'))) }));
    expect(text.split('\n').filter(Boolean).sort()).toEqual([...names, 'struck'].sort());
  });

  test('says what stands in a text box once, whatever prefix its elements have', async () => {
    const box = `<w:p><mc:AlternateContent><mc:Choice>${paragraph('box')}</mc:Choice><mc:Fallback>${paragraph('box')}</mc:Fallback></mc:AlternateContent></w:p>`;
    expect((await word(docx(box))).trim()).toBe('box');
    const renamed = documentOf(paragraph('4111')).replace(/w:/gu, 'x:');
    expect(await word(docx('', { 'word/document.xml': strToU8(renamed) }))).toBe('4111\n');
  });

  test('is read in UTF-16, too', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(documentOf(paragraph('4111 ü')), 'utf16le')]);
    expect(await word(docx('', { 'word/document.xml': utf16 }))).toBe('4111 ü\n');
  });

  test('has no text beyond what it may unpack to, however small it is', async () => {
    const bomb = docx(paragraph('first') + paragraph('a'.repeat(50 * MiB)));
    expect(bomb.length).toBeLessThan(60_000);
    const text = await read(bomb, DOCX);
    if (!text.ok) throw new Error(text.why);
    expect(text.cut).toBe(true);
    expect(text.texts[0]?.slice(0, 6)).toBe('first\n');
    const entries = Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [`${n}`, new Uint8Array()]));
    expect(await word(zipSync({ ...entries, 'word/document.xml': strToU8(documentOf(paragraph('a'))) }))).toBe(
      'too-large',
    );
  });

  test('that is cut off says what there is, and that it is damaged', async () => {
    const text = paragraph(...Array.from({ length: 3_000 }, (_, n) => `${n * 7919} `));
    const half = docx(text).subarray(0, 8_000);
    expect(await word(half)).toMatch(/^0 7919 15838 .*\(damaged\)$/su);
    expect(await word(Buffer.from(`PK\x03\x04${'\0'.repeat(30)}`))).toBe('damaged');
  });

  test('with a password is locked, whichever way it has one', async () => {
    const bytes = Buffer.from(zipSync({ 'a.txt': strToU8('x'.repeat(100)) }));
    expect(await word(bytes, 'application/zip')).toBe('unknown-type');
    bytes[6] = (bytes[6] ?? 0) | 1;
    expect(await word(bytes, 'application/zip')).toBe('locked');
    const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2_000)]);
    expect(await word(compound, 'application/x-cfb')).toBe('unknown-type');
    compound.write('EncryptedPackage', 1_024, 'utf16le');
    expect(await word(compound, 'application/x-cfb')).toBe('locked');
  });
});

describe('What is no text', () => {
  test.each([
    ['image/png', 'image'],
    ['audio/ogg', 'voice'],
    ['application/ogg', 'voice'],
    ['video/mp4', 'video'],
    ['application/x-7z-compressed', 'unknown-type'],
    ['application/x-rar-compressed', 'unknown-type'],
  ])('says why: %s is %s', async (type, why) => {
    expect(await textIn(Buffer.from('4111 1111 1111 1111'), type)).toBe(why);
  });

  test('a drawing in letters is read', async () => {
    expect(await textIn(Buffer.from('<svg><text>4111 1111</text></svg>'), 'image/svg+xml')).toBe('4111 1111\n');
  });
});
