import { describe, expect, test } from '@jest/globals';
import type { FileText } from '../../../../src/policy/scan.ts';
import { textOfFile } from '../../../../src/policy/text/text-of-file.ts';

const card = '4111 1111 1111 1111';
const part = 64 * 1024;

function read(bytes: string | readonly number[], type = 'text/plain', name?: string): Promise<FileText> {
  return textOfFile({ type, bytes: Uint8Array.from(Buffer.from(bytes)), ...(name === undefined ? {} : { name }) });
}

async function textIn(...of: Parameters<typeof read>): Promise<string> {
  const text = await read(...of);
  return text.ok ? text.texts.join('|') : text.why;
}

describe('The text of a file', () => {
  test('is what a text file says', async () => {
    expect(await textIn(`${card}\n`)).toBe(`${card}\n`);
    expect(await textIn(`\ufeff${card}`)).toBe(card);
    expect(await textIn('')).toBe('');
  });

  test('is what a table says, cell by cell', async () => {
    expect(await textIn(`name;card\nAnn;${card}\n`, 'text/plain', 'cards.csv')).toContain(card);
  });

  test('is read in the encodings that people have', async () => {
    expect(await textIn([0xff, 0xfe, 0xe4, 0, 0x34, 0], 'application/octet-stream')).toBe('ä4');
    expect(await textIn([0xfe, 0xff, 0, 0xe4, 0, 0x34], 'application/octet-stream')).toBe('ä4');
    expect(await textIn([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72], 'application/octet-stream')).toBe('Müller');
  });

  test('is what a page shows, with its title and what stands for pictures', async () => {
    const page = `<!DOCTYPE html><title>Cards</title><style>p{}</style><p>4111 <b>1111</b></p><script>x()</script><img alt="a cat">`;
    for (const name of ['a.html', 'a.txt'])
      expect(await textIn(page, 'text/plain', name)).toBe('Cards\n4111 1111\n a cat ');
    expect(await textIn('<r><a>1</a><c>2</c></r>', 'application/xml')).toBe('1\n2\n');
    expect(await textIn('<td>4111</td><td>1111</td>', 'text/html')).toBe('4111\n1111\n');
  });

  test('is read whatever the file is called, and not read whatever it is called', async () => {
    expect(await textIn(card, 'text/plain', 'a.pdf')).toBe(card);
    expect(await textIn('%PDF-1.7', 'application/pdf', 'a.txt')).toBe('damaged');
    expect(await textIn([0x50, 0x4b, 3, 4], 'application/zip')).toBe('unknown-type');
    expect(await textIn([1, 2, 3, 0], 'application/octet-stream')).toBe('unknown-type');
    expect(await textIn([0x3c, 0], 'application/xml')).toBe('damaged');
  });

  test('comes in parts that end between words, and are all of it', async () => {
    const line = `${'word '.repeat(20)}\n`;
    const long = line.repeat(3_000);
    const text = await read(long);
    if (!text.ok) throw new Error(text.why);
    expect(text.texts.join('')).toBe(long);
    expect(text.cut).toBe(false);
    expect(text.texts.every((one) => one.length <= part && one.endsWith('\n'))).toBe(true);
  });

  test('comes in parts that divide no character where there is no word to end at', async () => {
    const text = await read(`a${'😀'.repeat(part)}`);
    if (!text.ok) throw new Error(text.why);
    expect(text.texts.every((one) => one.isWellFormed() && one.length <= part)).toBe(true);
  });

  test('is cut where it is too long, and says so', async () => {
    for (const [long, name] of [
      ['x '.repeat(2 * 1024 * 1024), 'a.txt'],
      [`<p>${'x '.repeat(500)}`.repeat(2_200), 'a.html'],
    ] as const) {
      const text = await read(long, 'text/plain', name);
      if (!text.ok) throw new Error(text.why);
      expect(text.cut).toBe(true);
      expect(text.texts.join('')).toHaveLength(2 * 1024 * 1024);
    }
  });
});
