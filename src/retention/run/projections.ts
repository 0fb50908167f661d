/** The runs' part in the writer: what is asked for is done, one after the other, and told. */
import type { Entry } from '../../core/entry.ts';
import { lane, type Position, type UserId } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { ReceiptOf } from '../families/link-store.ts';
import { mediaProjection } from '../homeserver/media-store.ts';
import { copiesProjection } from './copies-store.ts';
import { personRunsProjection } from './person-run-store.ts';
import { disarmedBy, runsProjection, RETENTION_RUNS } from './run-store.ts';
import { standingProjection } from './standing-store.ts';
import { erasingSpokenOf, erasingStanding, erasingUnlessDisarmed } from './staying.ts';

export const RUN = 'retention.run';
export const PREVIEW = 'retention.preview';
/** Done by @compliance. */
export const PREVIEW_TOLD = 'retention.preview-told';
export const REFUSED_TOLD = 'retention.refused-told';
export const CERTIFICATE_TOLD = 'retention.certificate-told';
export const ARM_CARD = 'retention.arm-card';
export const ARM_CARD_DONE = 'retention.arm-card-done';
export const DISARMED_TOLD = 'retention.disarmed-told';

export interface RunPartDeps {
  readonly isOurs: (user: UserId) => boolean;
  readonly receiptOf: ReceiptOf;
}

/** One at a time, in the order in which they were asked for. */
export const RUNS = lane('room', 'retention-run');

const told = (kind: string): readonly TaskDraft[] => [{ kind, lane: lane('desk', 'retention-told') }];
/** A card is shown before it is changed. */
const card = (kind: string, request: Position): readonly TaskDraft[] => [
  { kind, lane: lane('desk', `retention-arm-${String(request)}`) },
];

async function plan(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  // The same command recorded with other words, after a crash, asks for nothing more.
  if (entry.source.conflictWith !== undefined) return [];
  if (entry.kind !== 'retention.classes') return following(entry);
  return (await disarmedBy(reading)) === entry.position ? told(DISARMED_TOLD) : [];
}

function following(entry: Entry): readonly TaskDraft[] {
  switch (entry.kind) {
    case 'retention.asked':
      return [{ kind: entry.body.act === 'run' ? RUN : PREVIEW, lane: RUNS }];
    case 'retention.previewed':
      return told(PREVIEW_TOLD);
    case 'retention.run':
      return entry.body.refused === 'clock' ? told(REFUSED_TOLD) : [];
    case 'retention.certificate':
      // A person's erasure is told of by its `dsar.erased`.
      return entry.body.dsar === undefined ? told(CERTIFICATE_TOLD) : [];
    default:
      return carded(entry);
  }
}

function carded(entry: Entry): readonly TaskDraft[] {
  if (entry.kind === 'retention.arm-requested') return card(ARM_CARD, entry.position);
  if (entry.kind !== 'retention.armed' || entry.body.request === undefined) return [];
  return card(ARM_CARD_DONE, entry.body.request);
}

export function runWriterPart({ isOurs, receiptOf }: RunPartDeps): WriterPart {
  const erasings = [erasingStanding, erasingSpokenOf(receiptOf), erasingUnlessDisarmed];
  return {
    erasing: async (entries, view) => {
      const stays = new Map<Position, LeftOut>();
      for (const erasing of erasings) {
        const left = entries.filter(({ position }) => !stays.has(position));
        for (const one of await erasing(left, view)) stays.set(one.position, one);
      }
      return [...stays.values()];
    },
    projections: [runsProjection, personRunsProjection, copiesProjection(isOurs), standingProjection, mediaProjection],
    planners: [{ name: 'retention-runs', reads: [RETENTION_RUNS], plan }],
  };
}
