import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { openCheckpoint, originOf, signCheckpoint } from '../../../src/journal/merkle/checkpoint.ts';
import { inclusionProof } from '../../../src/journal/merkle/proof.ts';
import { parseProofFile, verifyProofFile, writeProofFile } from '../../../src/journal/merkle/proof-file.ts';
import { createNoteSigner, openNote, parseVkey, signNote } from '../../../src/journal/merkle/signed-note.ts';
import { completeRoot } from '../../../src/journal/merkle/tiles.ts';
import { leafHash } from '../../../src/journal/merkle/tree.ts';

/** The example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes. */
const NEUMANN = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const QUOTE =
  'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n";
const NOTE = `${QUOTE}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

function privateKey(fill: number): KeyObject {
  const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  return createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
}

const signer = createNoteSigner('gatehouse/acme.example', privateKey(7));
const verifier = parseVkey(signer.vkey);
if (verifier === undefined) throw new Error('our own key is not read');

describe('a signed note', () => {
  test('of another implementation opens with its published key', () => {
    const key = parseVkey(NEUMANN);
    if (key === undefined) throw new Error('the published key is not read');
    expect(openNote(NOTE, key)).toEqual({ ok: true, value: QUOTE });
    expect(openNote(NOTE.replace('your problem is', 'my problem is'), key)).toEqual({
      ok: false,
      error: 'bad-signature',
    });
  });

  test('opens with the key that signed it, and passes over those of others', () => {
    const text = 'one\n\ntwo\n';
    const note = signNote(text, signer);
    expect(openNote(note, verifier)).toEqual({ ok: true, value: text });
    expect(openNote(`${note}— witness.example ${Buffer.alloc(68).toString('base64')}\n`, verifier).ok).toBe(true);
    const other = createNoteSigner('gatehouse/acme.example', privateKey(8));
    expect(openNote(signNote(text, other), verifier)).toEqual({ ok: false, error: 'unsigned' });
  });

  test.each([
    ['without a signature', 'text\n'],
    ['with a control character', signNote('a\tb\n', signer)],
    ['without its last newline', signNote('text\n', signer).slice(0, -1)],
    ['with something else among the signatures', `${signNote('text\n', signer)}hello\n`],
  ])('%s is malformed', (_what, note) => {
    expect(openNote(note, verifier)).toEqual({ ok: false, error: 'malformed' });
  });

  test.each([
    ['a key id that is not of that key', NEUMANN.replace('c74f20a3', 'c74f20a4')],
    ['another kind of key', NEUMANN.replace('+ARpc', '+AhpC')],
    ['a cut key', NEUMANN.slice(0, -4)],
    ['nothing', ''],
  ])('%s is no key', (_what, vkey) => {
    expect(parseVkey(vkey)).toBeUndefined();
  });

  test('needs a name that a note can carry', () => {
    expect(() => createNoteSigner('two words', privateKey(1))).toThrow(RangeError);
    const { privateKey: other } = generateKeyPairSync('x25519');
    expect(() => createNoteSigner('name', other)).toThrow(RangeError);
  });
});

describe('a checkpoint', () => {
  const root = leafHash(Buffer.from('x'));

  test('says origin, size and root, and nothing else', () => {
    const note = signCheckpoint({ size: 20852163, root }, signer);
    expect(note.split('\n').slice(0, 4)).toEqual([
      'gatehouse/acme.example',
      '20852163',
      Buffer.from(root).toString('base64'),
      '',
    ]);
    expect(openCheckpoint(note, verifier)).toEqual({
      ok: true,
      value: { origin: 'gatehouse/acme.example', size: 20852163, root },
    });
  });

  test('of a later epoch has another origin', () => {
    expect(originOf('acme.example')).toBe('gatehouse/acme.example');
    expect(originOf('acme.example', 2)).toBe('gatehouse/acme.example/2');
  });

  test.each([
    ['gatehouse/acme.example\n01\n', 'malformed'],
    ['gatehouse/acme.example\n-1\n', 'malformed'],
    ['gatehouse/other.example\n1\n', 'wrong-origin'],
  ])('%j is refused', (head, error) => {
    const note = signNote(`${head}${Buffer.from(root).toString('base64')}\n`, signer);
    expect(openCheckpoint(note, verifier)).toEqual({ ok: false, error });
  });
});

describe('a proof file', () => {
  const headers = [1, 2, 3, 4, 5].map((position) => Buffer.from(`{"kind":"network.message","position":${position}}`));
  const leaves = headers.map(leafHash);
  const subtrees = (height: number, index: number): Promise<Uint8Array> =>
    Promise.resolve(completeRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height)));
  const five = signCheckpoint(
    // The root of five leaves: four and one.
    { size: 5, root: completeRoot([completeRoot(leaves.slice(0, 4)), leaves[4] ?? leafHash(Buffer.alloc(0))]) },
    signer,
  );
  const fileOf = async (index: number): Promise<string> =>
    writeProofFile({
      header: headers[index] ?? Buffer.alloc(0),
      index,
      proof: await inclusionProof(index, 5, subtrees),
      checkpoint: five,
    });

  test('has the form of c2sp.org/tlog-proof@v1', async () => {
    const lines = (await fileOf(2)).split('\n');
    expect(lines[0]).toBe('c2sp.org/tlog-proof@v1');
    expect(lines[1]).toBe(`extra ${headers[2]?.toString('base64') ?? ''}`);
    expect(lines[2]).toBe('index 2');
    expect(lines.slice(3, 6).every((line) => Buffer.from(line, 'base64').length === 32)).toBe(true);
    expect(lines[6]).toBe('');
    expect(lines.slice(7).join('\n')).toBe(five);
  });

  test.each([0, 1, 2, 3, 4])('of record at index %i proves it with the public key alone', async (index) => {
    const proved = verifyProofFile(await fileOf(index), verifier);
    expect(proved).toMatchObject({ ok: true, value: { position: index + 1, checkpoint: { size: 5 } } });
  });

  test('of another record, place or tree proves nothing', async () => {
    const file = await fileOf(2);
    const other = headers[3]?.toString('base64') ?? '';
    expect(verifyProofFile(file.replace(/extra .*/u, `extra ${other}`), verifier)).toEqual({
      ok: false,
      error: 'not-included',
    });
    expect(verifyProofFile(file.replace('index 2', 'index 3'), verifier)).toEqual({ ok: false, error: 'not-included' });
    const forged = createNoteSigner(signer.name, privateKey(9));
    const rewritten = signCheckpoint({ size: 5, root: leafHash(Buffer.from('rewritten')) }, forged);
    expect(verifyProofFile(file.replace(five, rewritten), verifier)).toEqual({ ok: false, error: 'unsigned' });
  });

  test('whose header claims another position is refused', async () => {
    const liar = Buffer.from('{"position":9}');
    const root = leafHash(liar);
    const file = writeProofFile({
      header: liar,
      index: 0,
      proof: await inclusionProof(0, 1, () => Promise.resolve(root)),
      checkpoint: signCheckpoint({ size: 1, root }, signer),
    });
    expect(verifyProofFile(file, verifier)).toEqual({ ok: false, error: 'other-record' });
  });

  test.each([
    ['another format', (text: string) => text.replace('@v1', '@v2')],
    ['no header', (text: string) => text.replace(/extra .*\n/u, '')],
    ['an index with a leading zero', (text: string) => text.replace('index 2', 'index 02')],
    ['a cut hash', (text: string) => text.replace(/(index 2\n.{10})/u, '$1 ')],
    ['nothing', () => ''],
  ])('with %s is not one', async (_what, spoil) => {
    expect(parseProofFile(spoil(await fileOf(2)))).toBeUndefined();
  });
});
