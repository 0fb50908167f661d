/** Reconciliation's part in the writer: which reports there are, and the tasks that follow from them. */
import type { WriterPart } from '../../journal/projection.ts';
import { reconcilePlanner } from './reconcile-planner.ts';
import { reportsProjection } from './report-store.ts';

export function reconcileWriterPart(): WriterPart {
  return { projections: [reportsProjection], planners: [reconcilePlanner] };
}
