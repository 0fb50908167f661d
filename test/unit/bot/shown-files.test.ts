import { describe, expect, test } from '@jest/globals';
import { shownFiles } from '../../../src/bot/compliance/shown-files.ts';
import type { Entry, EntryBodies, ErasedEntry } from '../../../src/core/entry.ts';
import { must, parseClassId, parseMediaUri } from '../../../src/core/ids.ts';
import { alice, matrixEntry, now, position, text } from './samples.ts';

const uri = must(parseMediaUri('mxc://acme.example/photo'));
const of = position(101);
const base = { v: 1, at: now, recordedAt: now, class: must(parseClassId('us-finra-6y')) };
const source = { system: 'gatehouse', id: 'file', sure: true };
const sha256 = 'ab12'.repeat(16);

function stored(at: number, more: Partial<EntryBodies['file.stored']> = {}): Entry {
  const kept = { type: 'application/pdf', size: 1_258_291, sha256, blob: sha256, key: 'key' };
  return {
    ...base,
    kind: 'file.stored',
    position: position(at),
    source,
    body: { of, part: 0, uri, name: 'offer.pdf', ...kept, ...more },
  };
}

function missing(at: number, why: EntryBodies['file.missing']['why'], part = 0): Entry {
  const body = { of, part, uri, ...(part === 0 ? { name: 'offer.pdf' } : {}), why };
  return { ...base, kind: 'file.missing', position: position(at), source, body };
}

const image = matrixEntry({ msgtype: 'm.file', body: 'offer.pdf', url: uri });

async function lines(entry: Entry, files: readonly (Entry | ErasedEntry)[] = []): Promise<readonly string[]> {
  return (await shownFiles(entry, { files: () => Promise.resolve(files) })).lines;
}

describe("a record's files, as an officer reads of them", () => {
  test('are named with type, size, hash and the record that holds them', async () => {
    expect(await lines(image, [stored(48_001), stored(48_002, { part: 1, size: 900, type: 'image/png' })])).toEqual([
      'File: offer.pdf · application/pdf · 1.2 MB · sha256 ab12ab12ab12 (record 48,001)',
      'Preview: offer.pdf · image/png · 900 bytes · sha256 ab12ab12ab12 (record 48,002)',
    ]);
  });

  test('never show the key that opens them', async () => {
    expect((await lines(stored(7))).join()).not.toContain('key');
  });

  test('say when their sender encrypted them, and how large they are', async () => {
    const sizes = [0, 1, 1023, 1024, 20_000, 52_428_800];
    const shown = await Promise.all(sizes.map((size) => lines(stored(7, { size, encrypted: true }))));
    expect(shown.map(([line]) => line?.split(' · ').slice(2, 4).join(', '))).toEqual([
      'encrypted by its sender, 0 bytes',
      'encrypted by its sender, 1 byte',
      'encrypted by its sender, 1023 bytes',
      'encrypted by its sender, 1.0 KB',
      'encrypted by its sender, 20 KB',
      'encrypted by its sender, 50 MB',
    ]);
  });

  test('say why they are not on record', async () => {
    expect(await lines(image, [missing(9, 'too-large')])).toEqual([
      'File: offer.pdf · not on record, it is larger than this installation keeps (record 9)',
    ]);
    expect(await lines(image, [missing(9, 'not-found', 1)])).toEqual([
      'Preview: not on record, the homeserver had no such file (record 9)',
    ]);
  });

  test('are one file when it was had after all', async () => {
    expect(await lines(image, [missing(9, 'gave-up'), stored(12)])).toEqual([expect.stringContaining('(record 12)')]);
  });

  test('that are erased say only that', async () => {
    const gone: ErasedEntry = { ...base, kind: 'file.stored', position: position(9), erased: true };
    expect(await lines(image, [gone])).toEqual(['File: erased by rule (record 9)']);
  });

  test('say when nothing is known of them yet; a picture that did not change is no file of this record', async () => {
    expect(await lines(image)).toEqual(['File: not fetched yet']);
    const profile = { membership: 'join', avatar_url: uri };
    expect(await lines(matrixEntry(profile, { type: 'm.room.member', stateKey: alice }))).toEqual([]);
    expect(await lines(matrixEntry(text('no file')))).toEqual([]);
  });

  test('have names that cannot break the line', async () => {
    const [line] = await lines(image, [stored(9, { name: 'a\nSent ✓\u202e.pdf' })]);
    expect(line).not.toMatch(/[\n\u202e]/u);
  });
});
