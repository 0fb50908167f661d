/**
 * Task `retention.erase`: what the entry says is erased becomes unreadable. Files go first: their names are in records
 * that only their keys open. Killed at any line, it is done again from the entry: what is gone already is passed over.
 */
import type { Entry, ErasedEntry, EntryOf } from '../../core/entry.ts';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { TaskHandlers, Turn } from '../../tasks/task.ts';
import { ERASE } from './projections.ts';

export interface EraseTaskDeps {
  readonly journal: Pick<OpenJournal, 'readMany' | 'eraseKeys'>;
  readonly blobs: Pick<BlobStore, 'erase'>;
}

/** Records opened between two turns of the event loop. */
const PAGE = 50;

export function eraseHandlers(deps: EraseTaskDeps): TaskHandlers {
  return new Map([[ERASE, { run: (_task, entry) => run(entry, deps) }]]);
}

async function run(entry: Entry | ErasedEntry, { journal, blobs }: EraseTaskDeps): Promise<Turn> {
  if ('erased' in entry || entry.kind !== 'retention.erased') return { to: 'done' };
  const positions = positionsOf(entry);
  for (let at = 0; at < positions.length; at += PAGE) {
    const records = await journal.readMany(positions.slice(at, at + PAGE));
    await blobs.erase(records.flatMap(blobOf));
  }
  await journal.eraseKeys(positions);
  return { to: 'done' };
}

/** What it names, one by one. */
export function positionsOf({ body }: EntryOf<'retention.erased'>): readonly Position[] {
  return body.spans.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => must(parsePosition(from + i))),
  );
}

function blobOf(record: Entry | ErasedEntry): readonly string[] {
  return !('erased' in record) && record.kind === 'file.stored' ? [record.body.blob] : [];
}
