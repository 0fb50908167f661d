import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { jcs, type Json } from '../../../src/core/json.ts';
import { must, parseRoomId } from '../../../src/core/ids.ts';
import { json } from '../../../src/journal/entries/envelope.ts';
import { commitmentOf, openSealedEntry, sealEntry } from '../../../src/journal/entry-cipher.ts';
import { parsePlaintext, plaintextOf } from '../../../src/journal/plaintext.ts';

const source = { system: 'matrix', id: '$e', sure: true };
const room = must(parseRoomId('!r:acme.example'));

describe('what is sealed of an entry', () => {
  test('is canonical JSON', () => {
    const body = jcs({ z: [1, 'ü'], a: { b: null } });
    const text = plaintextOf({
      salt: randomBytes(32),
      source,
      where: { room, actor: '@a:b' },
      body,
      raw: randomBytes(9),
    });
    const decoded: unknown = JSON.parse(text);
    expect(jcs(json.parse(decoded))).toBe(text);
  });

  test('takes a body as deep as JCS allows, and gives everything back but the salt', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 100; level += 1) deep = [deep];
    const raw = randomBytes(40);
    const text = plaintextOf({ salt: randomBytes(32), source, where: { room }, body: jcs(deep), raw });
    expect(parsePlaintext(text)).toEqual({ body: deep, raw: new Uint8Array(raw), room, source });
  });

  test('opens with its own key alone, and not when one bit was changed', () => {
    const key = randomBytes(32);
    const plaintext = Buffer.from('{"salt":"x"}');
    const sealed = sealEntry(createSecretKey(key), plaintext);
    expect(openSealedEntry(key, sealed)).toEqual(plaintext);
    expect(openSealedEntry(randomBytes(32), sealed)).toBeUndefined();
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(openSealedEntry(key, sealed)).toBeUndefined();
    expect(openSealedEntry(key, sealed.subarray(0, 10))).toBeUndefined();
  });

  test('has a commitment that another plaintext does not share', () => {
    expect(commitmentOf(Buffer.from('a'))).not.toEqual(commitmentOf(Buffer.from('b')));
    expect(commitmentOf(Buffer.from('a'))).toHaveLength(32);
  });
});
