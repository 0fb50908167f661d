/** The erasing's part in the writer: the task that makes it final. */
import type { Entry } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import { ERASED } from '../../journal/erased-store.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';

/** Keys and files of what a `retention.erased` names. */
export const ERASE = 'retention.erase';

function plan(entry: Entry): readonly TaskDraft[] {
  if (entry.kind !== 'retention.erased' || entry.body.entries === 0) return [];
  return [{ kind: ERASE, lane: lane('room', 'retention') }];
}

export function eraseWriterPart(): WriterPart {
  return {
    projections: [],
    planners: [{ name: ERASE, reads: [ERASED], plan: (entry) => Promise.resolve(plan(entry)) }],
  };
}
