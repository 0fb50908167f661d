import { describe, expect, test } from '@jest/globals';
import { must, noMillis, parseClassId } from '../../../../src/core/ids.ts';
import type { Span } from '../../../../src/core/retention-entries.ts';
import type { Batch } from '../../../../src/retention/certificate/counts.ts';
import { deletedIn } from '../../../../src/retention/certificate/deleted.ts';
import { erasedDraft, positionAt } from '../../../support/erasing.ts';

function batch(position: number, of: string, ...spans: readonly (readonly [number, number])[]): Batch {
  const draft = erasedDraft(spans);
  const more = { position: positionAt(position), recordedAt: noMillis, class: must(parseClassId('default')), v: 1 };
  return { ...draft, ...more, body: { ...draft.body, class: must(parseClassId(of)), entries: 1 } };
}

const span = (from: number, to: number): Span => [positionAt(from), positionAt(to)];

describe('what a certificate names', () => {
  test('is told once for each class and paragraph, with what touches as one', () => {
    const batches = [
      batch(90, 'short', [1, 2], [5, 5]),
      batch(91, 'short', [3, 4]),
      batch(92, 'long', [8, 8]),
      batch(95, 'short', [7, 7]),
    ];
    expect(deletedIn(batches)).toEqual([
      { class: 'long', authority: 'none', entries: 1, by: [span(92, 92)], records: [span(8, 8)] },
      {
        ...{ class: 'short', authority: 'none', entries: 6 },
        by: [span(90, 91), span(95, 95)],
        records: [span(1, 5), span(7, 7)],
      },
    ]);
    expect(deletedIn([])).toEqual([]);
  });

  test('is hashed where it would be too long for those who open notes', () => {
    const scattered = Array.from({ length: 101 }, (_, n) =>
      batch(
        1_000_000 + n,
        'short',
        ...Array.from({ length: 200 }, (__, i) => [n * 500 + i * 2 + 1, n * 500 + i * 2 + 1] as const),
      ),
    );
    const [deleted] = deletedIn(scattered);
    expect(deleted).toMatchObject({ entries: 20_200, by: [span(1_000_000, 1_000_100)] });
    expect(deleted?.records).toMatch(/^[0-9a-f]{64}$/u);
    expect(deletedIn(scattered.slice(1))[0]?.records).toHaveLength(20_000);
  });
});
