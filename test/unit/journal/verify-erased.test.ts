import { describe, expect, test } from '@jest/globals';
import type { Entry, EntryOf } from '../../../src/core/entry.ts';
import { must, noMillis, parseClassId } from '../../../src/core/ids.ts';
import { ErasedCheck } from '../../../src/journal/verify-erased.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';

const head = { size: 0, root: '' };
const meta = { v: 1, recordedAt: noMillis, class: must(parseClassId('short-30d')) };

function erased(position: number, spans: readonly (readonly [number, number])[], run = 1): EntryOf<'retention.erased'> {
  const draft = erasedDraft(spans);
  return { ...draft, ...meta, position: positionAt(position), body: { ...draft.body, run: positionAt(run) } };
}

function certificate(position: number, run: number): Entry {
  return {
    ...{ kind: 'retention.certificate', at: noMillis, ...meta, position: positionAt(position) },
    source: { system: 'gatehouse', id: `certificate/${String(run)}`, sure: true },
    body: {
      ...{ run: positionAt(run), classes: '', until: noMillis, approvers: [], gone: [], stays: [], stores: [] },
      ...{ before: head, after: head, finalAt: noMillis, sha256: '', signature: '' },
    },
  };
}

function checkOf(gone: readonly number[], ...entries: readonly Entry[]): ErasedCheck {
  const check = new ErasedCheck();
  for (const position of gone) check.gone(positionAt(position));
  for (const entry of entries) check.opened(entry);
  return check;
}

describe('gaps in the content', () => {
  test('are none where every record opens', () => {
    expect(checkOf([], erased(9, [[1, 3]])).gaps()).toBeUndefined();
  });

  test('are explained by spans in whatever order they are named, as far as these reach', () => {
    const entries = [
      erased(20, [[7, 9]], 2),
      erased(21, [
        [1, 1],
        [3, 4],
      ]),
      certificate(22, 1),
    ];
    expect(checkOf([1, 2, 3, 4, 8, 9, 10], ...entries).gaps()).toEqual({
      certified: 3,
      begun: 2,
      unexplained: 2,
      certificates: [22],
    });
  });

  test('names the newest ten certificates', () => {
    const runs = Array.from({ length: 12 }, (_, i) => certificate(100 + i, i + 1));
    expect(checkOf([1], ...runs).gaps()?.certificates).toEqual(Array.from({ length: 10 }, (_, i) => 102 + i));
  });

  test('a missing file is a fault, unless its record is on its way out', () => {
    const check = checkOf([], erased(9, [[4, 5]]));
    check.missing(positionAt(5), 'its file is missing');
    expect(check.firstMissing()).toBeUndefined();
    check.missing(positionAt(6), 'its file is missing');
    expect(check.firstMissing()).toEqual({ position: 6, what: 'its file is missing' });
  });
});
