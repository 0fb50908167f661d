/** The part of looking for gaps in the writer: which are open, and the task that tells the desks. */
import type { WriterPart } from '../../journal/projection.ts';
import { gapPlanner } from './gap-planner.ts';
import { gapsProjection } from './gap-store.ts';

export function gapsWriterPart(): WriterPart {
  return { projections: [gapsProjection], planners: [gapPlanner] };
}
