import { describe, expect, test } from '@jest/globals';
import { fileTexts } from '../../../src/bot/compliance/item-file-texts.ts';
import { textLines } from '../../../src/bot/compliance/item-texts.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../../src/core/entry.ts';
import { must, parseClassId, parseMediaUri } from '../../../src/core/ids.ts';
import type { KeptFinding, PolicyBodies } from '../../../src/core/policy-entries.ts';
import { hitOf, verdictOn } from '../../support/verdicts.ts';
import { now, position } from './samples.ts';

const CARD = '4111 1111 1111 1111';
const base = { v: 1, at: now, recordedAt: now, class: must(parseClassId('us-finra-6y')) } as const;
const source = { system: 'gatehouse', id: 'x', sure: true };
const stored: EntryOf<'file.stored'> = {
  ...{ ...base, source, kind: 'file.stored', position: position(7) },
  body: {
    ...{
      of: position(5),
      part: 0,
      uri: must(parseMediaUri('mxc://acme.example/bill')),
      name: 'bill 4111111111111111.pdf',
    },
    ...{ type: 'application/pdf', size: 9, sha256: 'ab'.repeat(32), blob: 'ab'.repeat(32), key: 'key' },
  },
};

function finding(start: number, more: Partial<KeptFinding> = {}): KeptFinding {
  return {
    ...{ by: 'detector:card', what: 'file', start, end: start + CARD.length, confidence: 0.9, masked: 'ends 1111' },
    ...{ tricks: [], over: [], ...more },
  };
}

async function lines(
  findings: readonly KeptFinding[],
  pieces: readonly string[] | undefined,
  {
    unmasked = false,
    entry = stored,
    ...more
  }: Partial<PolicyBodies['policy.verdict']> & {
    unmasked?: boolean;
    entry?: Entry | ErasedEntry;
  } = {},
): Promise<readonly string[]> {
  const { kind, body } = verdictOn(5, 'flag', [], {
    ...{ file: position(7), hits: [hitOf('card-number', { findings, count: findings.length })] },
    ...more,
  });
  const verdict = { ...base, source, kind, body, position: position(9) };
  const texts = await fileTexts(verdict, {
    read: () => Promise.resolve(entry),
    ...(pieces === undefined ? {} : { fileText: () => Promise.resolve(pieces) }),
  });
  return textLines(texts, unmasked);
}

const head = 'In the file bill •••• 1111.pdf (record 7):';

describe('what was found in a file', () => {
  const before = `${'word '.repeat(40)}pay\nwith `;
  const text = `${before}${CARD} until May${' more'.repeat(40)}`;

  test('is shown with what stands around it, masked, and as it is once that was asked for', async () => {
    const [first, shown] = await lines([finding(before.length)], [text]);
    expect(first).toBe(head);
    expect(shown).toMatch(/^“\S.* pay with •••• 1111 until May( more)+\S*”$/u);
    expect(shown?.length).toBeLessThan(160);
    const [, all] = await lines([finding(before.length)], [text], { unmasked: true });
    expect(all).toContain(`pay with ${CARD} until May`);
  });

  test('is found through all pieces of a file that was judged by itself', async () => {
    const pieces = [text.slice(0, 100), text.slice(100)];
    expect((await lines([finding(before.length)], pieces)).join()).toContain('pay with •••• 1111 until May');
  });

  test('by several rules at one place is shown once; each other place by itself, five at most', async () => {
    const twice = [finding(before.length), finding(before.length, { by: 'pattern:0', masked: '' })];
    expect(await lines(twice, [text])).toHaveLength(2);
    const many = Array.from({ length: 9 }, (_, i) => finding(i * 200));
    expect(await lines(many, [`${CARD}${' x'.repeat(90)} `.repeat(12)])).toHaveLength(10);
  });

  test('and can not be read again is named by its file', async () => {
    const gone = [head, "[its text can't be read any more]"];
    for (const pieces of [undefined, [], ['short']]) expect(await lines([finding(300)], pieces)).toEqual(gone);
    const erased: ErasedEntry = { ...base, kind: 'file.stored', position: position(7), erased: true };
    expect(await lines([finding(0)], [text], { entry: erased })).toEqual([]);
  });

  test('of what was found in the message itself says nothing', async () => {
    expect(await lines([finding(0, { what: 'body' })], [text])).toEqual([]);
  });
});
