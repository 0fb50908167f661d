/** The verdicts' part in the writer: where each stands, and the tasks by which people decide and learn of it. */
import type { Entry } from '../../core/entry.ts';
import { lane, type Position } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { marksProjection } from './mark-store.ts';
import { POLICY, verdictsProjection } from './verdict-projection.ts';
import { verdictsChangedBy } from './verdict-store.ts';

/** Done by @compliance: the card at each desk. */
export const CARD = 'policy.card';
/** Done by @compliance: the card as it stands now. */
export const CARD_DONE = 'policy.card-done';
export const EXPIRE = 'policy.expire';
/** Done by @compliance: at half of its time. */
export const REMIND = 'policy.remind';

/** A card is shown before it is changed; those of other verdicts wait for neither. */
const card = (kind: typeof CARD | typeof CARD_DONE, of: Position): TaskDraft => ({
  kind,
  lane: lane('desk', `card-${String(of)}`),
});

const MOVES: ReadonlySet<Entry['kind']> = new Set([
  'matrix.event',
  'delivery.abandoned',
  'policy.approved',
  'policy.rejected',
  'policy.expired',
  'policy.overridden',
  'policy.verdict',
] as const);

async function plan(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  if (!MOVES.has(entry.kind)) return [];
  const changed = await verdictsChangedBy(reading, entry.position);
  const fresh = changed.find(({ position, state }) => position === entry.position && state === 'open');
  // No more than one verdict of a message is open at a time: one at most was moved.
  const moved = changed.find(
    ({ position, consequence }) => position !== entry.position && consequence === 'quarantine',
  );
  return [
    ...(fresh === undefined ? [] : begin(fresh)),
    ...(moved === undefined ? [] : [card(CARD_DONE, moved.position)]),
  ];
}

/** What only its sender can decide is no card. */
function begin(fresh: { readonly position: Position; readonly consequence: string }): readonly TaskDraft[] {
  const expire = { kind: EXPIRE, lane: lane('settle', `verdict-${String(fresh.position)}`) };
  const remind = { kind: REMIND, lane: lane('settle', `remind-${String(fresh.position)}`) };
  return fresh.consequence === 'quarantine' ? [card(CARD, fresh.position), expire, remind] : [expire];
}

export function verdictsWriterPart(): WriterPart {
  return { projections: [verdictsProjection, marksProjection], planners: [{ name: POLICY, reads: [POLICY], plan }] };
}
