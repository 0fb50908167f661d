/** Erasing in tests: the drafts, and what a rebuild says afterwards. */
import { systemClock } from '../../src/core/clock.ts';
import type { DraftOf } from '../../src/core/entry.ts';
import { must, noMillis, parseClassId, parsePosition, type Position } from '../../src/core/ids.ts';
import type { Span } from '../../src/core/retention-entries.ts';
import { openWriter, type Place } from '../../src/journal/open-writer.ts';
import type { WriterPart } from '../../src/journal/projection.ts';
import { rebuild } from '../../src/journal/rebuild.ts';
import type { RebuildResult } from '../../src/journal/rebuild-types.ts';
import { taskSink } from '../../src/tasks/task-store.ts';

let batches = 0;

/** A batch of a run; with an `id` of its own unless it is given one. */
export function erasedDraft(spans: readonly (readonly [number, number])[], id?: string): DraftOf<'retention.erased'> {
  batches += 1;
  return {
    kind: 'retention.erased',
    at: noMillis,
    source: { system: 'gatehouse', id: id ?? `retention.erased/${String(batches)}`, sure: true },
    body: {
      run: positionAt(1),
      class: must(parseClassId('short-30d')),
      authority: 'none',
      spans: spans.map(([from, to]): Span => [positionAt(from), positionAt(to)]),
      entries: 0,
      leftOut: [],
    },
  };
}

export function positionAt(n: number): Position {
  return must(parsePosition(n));
}

/** Of a journal that nobody has open. */
export async function rebuilt(place: Place, parts: readonly WriterPart[], check: boolean): Promise<RebuildResult> {
  const writerParts = { parts, tasks: taskSink };
  await using writer = await openWriter(place, writerParts, { clock: systemClock, committed: () => undefined });
  const { database, keys, search } = writer;
  return await rebuild({ ...writerParts, database, keys, search, check });
}
