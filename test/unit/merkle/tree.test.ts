import { describe, expect, test } from '@jest/globals';
import { BadTree, CompactTree, leafHash } from '../../../src/journal/merkle/tree.ts';

/** The leaves and roots of certificate-transparency's own tests (merkle_tree_test.cc, sha256). */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function treeOf(count: number): CompactTree {
  const tree = CompactTree.empty();
  for (const leaf of leaves.slice(0, count)) tree.append(leafHash(leaf));
  return tree;
}

describe('the compact tree', () => {
  test('without leaves has the root of RFC 6962', () => {
    expect(Buffer.from(CompactTree.empty().root()).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test.each(roots.map((root, index) => [index + 1, root] as const))(
    'of %i leaves has the published root',
    (n, root) => {
      expect(Buffer.from(treeOf(n).root()).toString('hex')).toBe(root);
    },
  );

  test.each(roots.map((_, index) => index))('goes on after being saved with %i leaves', (n) => {
    const tree = CompactTree.restore(treeOf(n).save());
    expect(tree.size).toBe(n);
    for (const leaf of leaves.slice(n)) tree.append(leafHash(leaf));
    expect(tree.root()).toEqual(treeOf(8).root());
  });

  test('grows apart from its copy', () => {
    const tree = treeOf(7);
    const copy = tree.copy();
    copy.append(leafHash(Buffer.from('other')));
    expect(tree.root()).toEqual(treeOf(7).root());
    expect(tree.size).toBe(7);
    expect(copy.size).toBe(8);
  });

  test.each([
    ['cut', (saved: Uint8Array) => saved.subarray(0, -1)],
    ['with a subtree too few', (saved: Uint8Array) => saved.subarray(0, -32)],
    ['empty', () => new Uint8Array(0)],
  ])('refuses a saved tree that is %s', (_what, spoil) => {
    expect(() => CompactTree.restore(spoil(treeOf(7).save()))).toThrow(BadTree);
  });

  test('refuses what is no leaf hash', () => {
    expect(() => {
      CompactTree.empty().append(Buffer.from('short'));
    }).toThrow(BadTree);
  });
});
