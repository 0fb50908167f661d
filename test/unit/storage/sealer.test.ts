import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../src/storage/create-sealer.ts';

const keys = { seal: randomBytes(32), lookup: randomBytes(32) };

describe('a sealer', () => {
  const sealer = createSealer(keys);

  test('opens what it sealed, and seals equal values equally', () => {
    const sealed = sealer.seal('contact.name', 'Ann Lee 李');
    expect(sealer.open('contact.name', sealed)).toBe('Ann Lee 李');
    expect(sealer.seal('contact.name', 'Ann Lee 李')).toEqual(sealed);
    expect(createSealer(keys).seal('contact.name', 'Ann Lee 李')).toEqual(sealed);
  });

  test('tells columns apart', () => {
    expect(sealer.seal('a.b', 'x')).not.toEqual(sealer.seal('a.c', 'x'));
    expect(sealer.lookup('a.b', 'x')).not.toBe(sealer.lookup('a.c', 'x'));
    expect(() => sealer.open('a.c', sealer.seal('a.b', 'x'))).toThrow();
  });

  test('refuses a changed, cut or foreign value', () => {
    const sealed = sealer.seal('a.b', 'secret');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => sealer.open('a.b', changed)).toThrow();
    }
    expect(() => sealer.open('a.b', sealed.subarray(0, 20))).toThrow('too short');
    expect(() => createSealer({ ...keys, seal: randomBytes(32) }).open('a.b', sealed)).toThrow();
  });
});
