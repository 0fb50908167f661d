/** Pre-send's part in the writer: what it must remember, and the task that tells the sender of a refusal. */
import type { Entry } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { isTold, PRESEND, presendProjection } from './presend-store.ts';

/** Done by @gatehouse, in the chat with whoever was refused. */
export const REFUSED_TOLD = 'policy.refused-told';
const SENDER = 'policy.refused-told.lane';

async function plan(entry: Entry, reading: Reading, sealer: Sealer): Promise<readonly TaskDraft[]> {
  if (entry.kind !== 'policy.refused' || !(await isTold(entry, reading, sealer))) return [];
  return [{ kind: REFUSED_TOLD, lane: lane('staff', sealer.lookup(SENDER, entry.body.user)) }];
}

export function presendWriterPart(): WriterPart {
  return { projections: [presendProjection], planners: [{ name: PRESEND, reads: [PRESEND], plan }] };
}
