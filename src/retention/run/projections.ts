/** The runs' part in the writer: what is asked for is done, one after the other, and told. */
import type { Entry } from '../../core/entry.ts';
import { lane, type Position, type UserId } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { ReceiptOf } from '../families/link-store.ts';
import { copiesProjection } from './copies-store.ts';
import { runsProjection, RETENTION_RUNS } from './run-store.ts';
import { erasingNeeded, erasingSpokenOf, erasingUnlessDisarmed, type StandsFor } from './staying.ts';

export const RUN = 'retention.run';
export const PREVIEW = 'retention.preview';
/** Done by @compliance. */
export const PREVIEW_ANSWER = 'retention.preview-answer';
export const RUN_TOLD = 'retention.run-told';
export const CERTIFICATE_TOLD = 'retention.certificate-told';
export const ARM_CARD = 'retention.arm-card';
export const ARM_CARD_DONE = 'retention.arm-card-done';
export const DISARMED_TOLD = 'retention.disarmed-told';

export interface RunPartDeps {
  readonly isOurs: (user: UserId) => boolean;
  readonly receiptOf: ReceiptOf;
  readonly standsFor: StandsFor;
}

/** One at a time, in the order in which they were asked for. */
const RUNS = lane('room', 'retention-run');

function plan(entry: Entry): readonly TaskDraft[] {
  // The same command recorded with other words, after a crash, asks for nothing more.
  if (entry.source.conflictWith !== undefined) return [];
  switch (entry.kind) {
    case 'retention.asked':
      return [{ kind: entry.body.act === 'run' ? RUN : PREVIEW, lane: RUNS }];
    default:
      return [];
  }
}

export function runWriterPart({ isOurs, receiptOf, standsFor }: RunPartDeps): WriterPart {
  const erasings = [erasingNeeded(standsFor), erasingSpokenOf(receiptOf), erasingUnlessDisarmed];
  return {
    erasing: async (entries, view) => {
      const stays = new Map<Position, LeftOut>();
      for (const erasing of erasings) {
        const left = entries.filter(({ position }) => !stays.has(position));
        for (const one of await erasing(left, view)) stays.set(one.position, one);
      }
      return [...stays.values()];
    },
    projections: [runsProjection, copiesProjection(isOurs)],
    planners: [{ name: 'retention-runs', reads: [RETENTION_RUNS], plan: (entry) => Promise.resolve(plan(entry)) }],
  };
}
