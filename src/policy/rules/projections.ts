/** The rules' part in the writer: what is in force, and the task that tells the desks. */
import type { WriterPart } from '../../journal/projection.ts';
import { rulePlanner } from './rule-planner.ts';
import { policyRulesProjection } from './rule-store.ts';

export function policyRulesWriterPart(): WriterPart {
  return { projections: [policyRulesProjection], planners: [rulePlanner] };
}
