/** The alarms' part in the writer: what is open, when the clock jumped, and the tasks that tell the desks. */
import type { Entry } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import { ALARMS, alarmsProjection } from './alarm-store.ts';
import { clockProjection } from './clock-store.ts';

/** One lane for all: what is told stays in order, and one telling can take others along. */
const tell: TaskDraft = { kind: 'alarm', lane: lane('room', 'alarms') };

function plan(entry: Entry): readonly TaskDraft[] {
  return entry.kind === 'alarm.raised' || entry.kind === 'alarm.cleared' ? [tell] : [];
}

export function alarmsWriterPart(): WriterPart {
  return {
    projections: [alarmsProjection, clockProjection],
    planners: [{ name: ALARMS, reads: [ALARMS], plan: (entry) => Promise.resolve(plan(entry)) }],
  };
}
