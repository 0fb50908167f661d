import { describe, expect, test } from '@jest/globals';
import { ChunkOpener, ChunkSealer } from '../../../src/journal/blobs/blob-cipher.ts';
import { sniffType } from '../../../src/journal/blobs/sniff.ts';

const key = Buffer.alloc(32, 7);
const [first, second, third] = ['one', 'two', 'three'].map((text) => Buffer.from(text));
if (first === undefined || second === undefined || third === undefined) throw new Error('three texts');

function sealed(): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const sealer = new ChunkSealer(key);
  return [sealer.seal(first ?? key, false), sealer.seal(second ?? key, false), sealer.seal(third ?? key, true)];
}

/** What is given out before the first chunk that does not open. */
function read(chunks: readonly Uint8Array[], by: Uint8Array = key): readonly string[] {
  const opener = new ChunkOpener(by);
  const texts: string[] = [];
  for (const [at, chunk] of chunks.entries()) {
    const plain = opener.open(chunk, at === chunks.length - 1);
    if (plain === undefined) return [...texts, 'refused'];
    texts.push(Buffer.from(plain).toString());
  }
  return texts;
}

describe('a file in sealed chunks', () => {
  const [a, b, c] = sealed();

  test('opens with its key, in its order, to its end', () => {
    expect(read([a, b, c])).toEqual(['one', 'two', 'three']);
  });

  test('opens with no other key', () => {
    expect(read([a, b, c], Buffer.alloc(32, 8))).toEqual(['refused']);
  });

  test('does not open past a place where chunks were swapped, dropped, repeated or cut off', () => {
    expect(read([b, a, c])).toEqual(['refused']);
    expect(read([a, c])).toEqual(['one', 'refused']);
    expect(read([a, a, b, c])).toEqual(['one', 'refused']);
    expect(read([a, b])).toEqual(['one', 'refused']);
    expect(read([a, b, c, c])).toEqual(['one', 'two', 'refused']);
    expect(read([a, b, c.subarray(0, -1)])).toEqual(['one', 'two', 'refused']);
    expect(read([a, b, new Uint8Array(0)])).toEqual(['one', 'two', 'refused']);
  });

  test('does not open where a bit was changed', () => {
    const changed = Uint8Array.from(b);
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(read([a, changed, c])).toEqual(['one', 'refused']);
  });
});

describe('what a file is', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001080600000', 'hex');

  test.each([
    ['a PNG, whatever it is called', png, 'image/png'],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n'), 'application/pdf'],
    ['a program', Buffer.from('4d5a90000300000004000000ffff0000', 'hex'), 'application/x-msdownload'],
    ['text', Buffer.from('Grüße, 12 €\r\n\tAnn'), 'text/plain'],
    ['text that ends inside a character', Buffer.from('12 €').subarray(0, -1), 'text/plain'],
    ['markup, which is never run', Buffer.from('<html><script>alert(1)</script>'), 'text/plain'],
    ['bytes that are no text', Buffer.from([1, 2, 3, 250, 251]), 'application/octet-stream'],
    ['bytes that are no UTF-8', Buffer.from([65, 200, 66, 67]), 'application/octet-stream'],
    ['nothing', new Uint8Array(0), 'application/octet-stream'],
  ])('%s', async (_what, head, type) => {
    expect(await sniffType(head)).toBe(type);
  });
});
