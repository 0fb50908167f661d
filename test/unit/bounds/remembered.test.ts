import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { formatPhone } from '../../../src/bridge/contacts/format-phone.ts';
import { CompactTree } from '../../../src/journal/merkle/tree.ts';
import { PastRoots } from '../../../src/journal/merkle/past-roots.ts';
import { Tokens } from '../../../src/journal/search/tokens.ts';
import { createSealer } from '../../../src/storage/create-sealer.ts';

describe('what costs a hash is remembered up to a limit, and made again beyond it', () => {
  test('sealed values', () => {
    const sealer = createSealer({ seal: randomBytes(32), lookup: randomBytes(32) });
    const first = sealer.seal('name', 'Ann');
    for (let n = 1; n < 2_000; n += 1) sealer.seal('name', `${n}`);
    expect(sealer.seal('name', 'Ann')).toBe(first);
    sealer.seal('name', 'one more');
    const again = sealer.seal('name', 'Ann');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  test('phone numbers as people write them', () => {
    const numbers = Array.from({ length: 2_001 }, (_, n) => `+1202555${String(n).padStart(4, '0')}`);
    const written = numbers.map(formatPhone);
    expect(written[2_000]).toBe('+1 202 555 2000');
    expect(numbers.map(formatPhone)).toEqual(written);
  });

  test('tokens of words, of two generations', () => {
    const tokens = new Tokens(randomBytes(32));
    const first = tokens.ofWord('ann');
    for (let n = 1; n < 20_000; n += 1) tokens.ofWord(`${n}`);
    expect(tokens.ofWord('ann')).toBe(first);
    for (let n = 0; n < 40_000; n += 1) tokens.ofWord(`b${n}`);
    const again = tokens.ofWord('ann');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  test('roots of a tree that is verified: every second one goes, and the leaves between are read again', async () => {
    const leaf = new Uint8Array(32);
    const tree = CompactTree.empty();
    const past = new PastRoots();
    const wanted = 256 * 1_001;
    let root: Uint8Array | undefined;
    const grow = (to: number): void => {
      while (tree.size < to) {
        tree.append(leaf);
        if (tree.size % 256 === 0) past.passed(tree.copy());
        if (tree.size === wanted) root = tree.root();
      }
    };
    const read: number[] = [];
    const leaves = (from: number, to: number) => {
      read.push(from);
      return Promise.resolve(Array.from({ length: to - from }, () => leaf));
    };
    grow(256 * 4_094);
    expect(await past.at(wanted, leaves)).toEqual(root);
    expect(read).toEqual([]);
    grow(256 * 4_096);
    expect(await past.at(wanted, leaves)).toEqual(root);
    expect(read).toEqual([256 * 1_000]);
  });
});
