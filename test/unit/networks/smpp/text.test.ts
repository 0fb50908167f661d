import { describe, expect, test } from '@jest/globals';
import { dataCoding } from '../../../../src/networks/smpp/text/data-coding.ts';
import { decodeParts, type Decoded, type DefaultAlphabet } from '../../../../src/networks/smpp/text/decode-text.ts';
import { decodeGsm7, encodeGsm7, packSeptets, unpackSeptets } from '../../../../src/networks/smpp/text/gsm7.ts';
import { segment, type OutboundAlphabet } from '../../../../src/networks/smpp/text/segment.ts';
import { concatHeader, concatOf, splitUserData } from '../../../../src/networks/smpp/text/udh.ts';

function decode(coding: number, octets: Buffer, alphabet: DefaultAlphabet = 'gsm'): Decoded | undefined {
  return decodeParts([{ dataCoding: coding, elements: [], payload: octets }], alphabet)[0];
}

function lengths(text: string, alphabet: OutboundAlphabet = 'gsm'): number[] | { parts: number } {
  const result = segment(text, alphabet);
  return result.ok ? result.value.parts.map((part) => part.length) : result.error;
}

describe('GSM 7-bit', () => {
  test('packs the classic vector', () => {
    const septets = Buffer.from('hellohello', 'latin1');
    expect(packSeptets(septets).toString('hex')).toBe('e8329bfd4697d9ec37');
    expect(decodeGsm7(unpackSeptets(Buffer.from('e8329bfd4697d9ec37', 'hex')))).toBe('hellohello');
  });

  test.each([
    ['@', '00'],
    ['_', '11'],
    ['Ç', '09'],
    ['€uro', '1b6575726f'],
    ['^{}\\[~]|\f', '1b141b281b291b2f1b3c1b3d1b3e1b401b0a'],
  ])('writes %j as %s', (text, hex) => {
    expect(encodeGsm7(text)?.toString('hex')).toBe(hex);
    expect(decodeGsm7(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test.each(['`', 'ç', '\u00a0', '’', '😀', '\u001b'])('has no %j', (text) => {
    expect(encodeGsm7(text)).toBeUndefined();
  });

  test.each([
    ['an escape before what the extension lacks shows the basic character', '1b41', 'A'],
    ['two escapes show a space', '1b1b41', ' A'],
    ['an escape at the end shows a space', '411b', 'A '],
    ['an eighth bit is ignored', 'c1', 'A'],
  ])('%s', (_what, hex, text) => {
    expect(decodeGsm7(Buffer.from(hex, 'hex'))).toBe(text);
  });
});

describe('data_coding says what the octets are', () => {
  test.each([
    [0x00, 'default'],
    [0x01, 'ascii'],
    [0x03, 'latin1'],
    [0x04, 'octets'],
    [0x08, 'ucs2'],
    [0x10, 'gsm'],
    [0x18, 'ucs2'],
    [0x14, 'octets'],
    [0xc8, 'gsm'],
    [0xe0, 'ucs2'],
    [0xf0, 'gsm'],
    [0xf5, 'octets'],
    [0x0b, 'octets'],
    [0x80, 'octets'],
  ])('0x%s', (value, charset) => {
    expect(dataCoding(value).charset).toBe(charset);
  });

  test('class and message waiting are told', () => {
    expect(dataCoding(0x18)).toEqual({ charset: 'ucs2', messageClass: 0 });
    expect(dataCoding(0xf1)).toEqual({ charset: 'gsm', messageClass: 1 });
    expect(dataCoding(0xc8)).toEqual({ charset: 'gsm', messageWaiting: true });
  });
});

describe('octets become text', () => {
  test.each([
    ['the carrier’s own default', { coding: 0, hex: '00', alphabet: 'gsm' }, '@'],
    ['a Latin-1 default', { coding: 0, hex: 'e9', alphabet: 'latin1' }, 'é'],
    ['a packed default', { coding: 0, hex: 'e8329bfd4697d9ec37', alphabet: 'gsm-packed' }, 'hellohello'],
    ['UTF-16 with a pair', { coding: 8, hex: 'd83dde00', alphabet: 'gsm' }, '😀'],
    ['half a UTF-16 unit at the end', { coding: 8, hex: '004100', alphabet: 'gsm' }, 'A\ufffd'],
    ['a lone surrogate', { coding: 8, hex: 'd83d0041', alphabet: 'gsm' }, '\ufffdA'],
    ['Cyrillic', { coding: 6, hex: 'bfe0d8d2d5e2', alphabet: 'gsm' }, 'Привет'],
    ['Hebrew', { coding: 7, hex: 'f9ece5ed', alphabet: 'gsm' }, 'שלום'],
    ['Shift JIS', { coding: 5, hex: '82b1', alphabet: 'gsm' }, 'こ'],
    ['ISO-2022-JP', { coding: 0x0a, hex: '1b2442243224281b2842', alphabet: 'gsm' }, 'げえ'],
    ['Korean', { coding: 0x0e, hex: 'b0a1', alphabet: 'gsm' }, '가'],
    ['8-bit data that is text', { coding: 4, hex: '68656c6c6f', alphabet: 'gsm' }, 'hello'],
    ['nothing', { coding: 0, hex: '', alphabet: 'gsm' }, ''],
  ] as const)('%s', (_what, { coding, hex, alphabet }, text) => {
    expect(decode(coding, Buffer.from(hex, 'hex'), alphabet)).toEqual({ text });
  });

  test('8-bit data that is none is said to be binary', () => {
    expect(decode(4, Buffer.from('00ff1122', 'hex'))).toEqual({ binary: 4 });
  });

  test('a character cut in two by its sender is whole again', () => {
    const pair = Buffer.from('d83dde00', 'hex');
    const parts = [pair.subarray(0, 2), pair.subarray(2)].map((payload) => ({ dataCoding: 8, elements: [], payload }));
    expect(decodeParts(parts, 'gsm')).toEqual([{ text: '😀' }]);
  });

  test('parts of different codings are read each in its own', () => {
    const parts = [
      { dataCoding: 0, elements: [], payload: Buffer.from('00', 'hex') },
      { dataCoding: 8, elements: [], payload: Buffer.from('20ac', 'hex') },
    ];
    expect(decodeParts(parts, 'gsm')).toEqual([{ text: '@' }, { text: '€' }]);
  });

  test('national tables are chosen by the header', () => {
    const single = [{ id: 0x24, data: Buffer.from([1]) }];
    const locking = [{ id: 0x25, data: Buffer.from([3]) }];
    const octets = Buffer.from('1b671b69', 'hex');
    expect(decodeParts([{ dataCoding: 0, elements: single, payload: octets }], 'gsm')).toEqual([{ text: 'ğı' }]);
    const portuguese = Buffer.from('7b7c', 'hex');
    expect(decodeParts([{ dataCoding: 0, elements: locking, payload: portuguese }], 'gsm')).toEqual([{ text: 'ãõ' }]);
  });
});

describe('a text is cut into parts', () => {
  test.each([
    ['160 characters', 'a'.repeat(160), [160]],
    ['161 characters', 'a'.repeat(161), [153, 8]],
    ['80 times €', '€'.repeat(80), [160]],
    ['81 times €', '€'.repeat(81), [152, 10]],
    ['a € that would be cut at the end of a part', `${'a'.repeat(152)}€${'a'.repeat(10)}`, [152, 12]],
    ['70 units of UCS-2', '’'.repeat(70), [140]],
    ['71 units of UCS-2', '’'.repeat(71), [134, 8]],
    ['35 emoji', '😀'.repeat(35), [140]],
    ['36 emoji', '😀'.repeat(36), [132, 12]],
    ['71 units with an emoji at the end', `${'’'.repeat(69)}😀`, [134, 8]],
    ['one ’ in an else plain text', `${'a'.repeat(70)}’`, [134, 8]],
    ['an emoji of several code points at the border', `${'’'.repeat(64)}👩‍👩‍👧‍👦 ok`, [128, 28]],
  ])('%s', (_what, text, expected) => {
    expect(lengths(text)).toEqual(expected);
  });

  test('ten parts pass, eleven are refused with their number', () => {
    expect(lengths('a'.repeat(1_530))).toHaveLength(10);
    expect(lengths('a'.repeat(1_531))).toEqual({ parts: 11 });
    expect(lengths('x'.repeat(1_000_000))).toEqual({ parts: 6_536 });
  });

  test('other alphabets of the carrier have their own room', () => {
    expect(lengths('é'.repeat(141), 'latin1')).toEqual([134, 7]);
    expect(lengths('a'.repeat(160), 'ascii')).toEqual([160]);
    expect(segment('€', 'latin1')).toMatchObject({ value: { dataCoding: 8 } });
  });

  test('a lone surrogate goes out as U+FFFD', () => {
    expect(segment('\ud83d', 'gsm')).toMatchObject({ value: { dataCoding: 8, parts: [Buffer.from('fffd', 'hex')] } });
  });
});

describe('the user data header', () => {
  function concat(hex: string): unknown {
    return concatOf(splitUserData(Buffer.from(hex, 'hex')).elements);
  }

  test('gives the place in a long message, with 8 and with 16 bits, among other elements', () => {
    expect(concat('050003aa0201')).toEqual({ width: 8, reference: 0xaa, total: 2, sequence: 1 });
    expect(concat('06080412340301')).toEqual({ width: 16, reference: 0x1234, total: 3, sequence: 1 });
    expect(concat('0b05040b8423f00003aa0202')).toEqual({ width: 8, reference: 0xaa, total: 2, sequence: 2 });
    expect(concatOf(splitUserData(concatHeader(5, 3, 2)).elements)).toMatchObject({ total: 3, sequence: 2 });
  });

  test.each([
    ['total 0', '050003aa0001'],
    ['total 1', '050003aa0101'],
    ['sequence 0', '050003aa0200'],
    ['sequence past total', '050003aa0203'],
  ])('%s is a single message', (_what, hex) => {
    expect(concat(hex)).toBeUndefined();
  });

  test.each([
    ['a header longer than the text', 'ff0003', 'ff0003'],
    ['no octets', '', ''],
    ['an element past the header', '0300ff0141', '41'],
  ])('%s is survived', (_what, hex, payload) => {
    const data = splitUserData(Buffer.from(hex, 'hex'));
    expect(data).toMatchObject({ malformed: true, elements: [] });
    expect(data.payload.toString('hex')).toBe(payload);
  });

  test('an empty header is none', () => {
    const data = splitUserData(Buffer.from('0041', 'hex'));
    expect(data).toMatchObject({ malformed: false, elements: [] });
    expect(data.payload.toString('hex')).toBe('41');
  });
});
