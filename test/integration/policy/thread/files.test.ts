import { describe, expect, test } from '@jest/globals';
import type { FileText } from '../../../../src/policy/scan.ts';
import { contextOf, message } from '../../../unit/policy/engine/made-rules.ts';
import { LONG, madeScanning, rulesOf } from './scanning.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const file = (text: string) => ({ type: 'text/plain', name: 'a.txt', bytes: bytesOf(text) });
const textOf = (text: string): FileText => ({ ok: true, texts: [`a.txt:${text}`], cut: false });

describe('the thread that reads files', () => {
  test('reads one after the other, and leaves the bytes to whoever gave them', async () => {
    await using scanning = madeScanning().scanning;
    const all = bytesOf('before|the text|after');
    const part = { type: 'text/plain', bytes: all.subarray(7, 15) };
    expect(await Promise.all([scanning.textOf(file('one')), scanning.textOf(part)])).toEqual([
      textOf('one'),
      { ok: true, texts: [':the text'], cut: false },
    ]);
    expect(new TextDecoder().decode(all)).toBe('before|the text|after');
  });

  test.each([
    ['never ends', 'hang', 'took-too-long'],
    ['ends the thread', 'die', 'engine'],
    ['takes all memory', 'grow', 'engine'],
  ])('a file that %s is not read; the next ones are', async (_what, how, why) => {
    const made = madeScanning({ fileMs: how === 'hang' ? 3_000 : LONG, slowHeapMb: 48 });
    await using scanning = made.scanning;
    const texts = await Promise.all([how, 'two', 'three'].map((text) => scanning.textOf(file(text))));
    expect(texts).toEqual([{ ok: false, why }, textOf('two'), textOf('three')]);
    expect(made.log.events()).toEqual(['policy.scanner-lost']);
  });

  test('a file is given its time from its turn on, however long it waited', async () => {
    const made = madeScanning({ fileMs: 3_000 });
    await using scanning = made.scanning;
    const all = Array.from({ length: 12 }, (_, n) => `slow ${n}`);
    expect(await Promise.all(all.map((text) => scanning.textOf(file(text))))).toEqual(all.map(textOf));
  });

  test('too much is not read', async () => {
    const made = madeScanning({ fileBytes: 1_000, files: { jobs: 1, weight: 2_000 } });
    await using scanning = made.scanning;
    expect(await scanning.textOf({ type: 'text/plain', bytes: new Uint8Array(1_001) })).toEqual({
      ...{ ok: false, why: 'too-large' },
    });
    expect(await Promise.all(['one', 'two', 'three'].map((text) => scanning.textOf(file(text))))).toEqual([
      ...[textOf('one'), { ok: false, why: 'engine' }, { ok: false, why: 'engine' }],
    ]);
  });

  test('no message waits for a file', async () => {
    await using scanning = madeScanning({ fileMs: LONG }).scanning;
    await scanning.use(rulesOf('same'));
    const hanging = scanning.textOf(file('hang'));
    const verdict = await scanning.judge({ ...message('wire it'), content: 'c' }, contextOf(), LONG);
    expect(verdict).toMatchObject({ consequence: 'flag' });
    await scanning[Symbol.asyncDispose]();
    expect(await hanging).toEqual({ ok: false, why: 'engine' });
  });
});
