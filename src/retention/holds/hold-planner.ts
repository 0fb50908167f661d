/** What follows from holds: the desk learns what one covers, custodians are told, a second officer is asked. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { lane, type Position } from '../../core/ids.ts';
import type { Planner, TaskDraft } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { custodiansOf, HOLDS } from './hold-store.ts';

/** Done by @compliance: what the hold covers, in reply to the command. */
export const HOLD_COVERS = 'hold.covers';
/** Done by @gatehouse: in the chat with each custodian. */
export const HOLD_TELL = 'hold.tell';
/** Done by @compliance: the card at each desk. */
export const HOLD_CARD = 'hold.card';
/** Done by @compliance: the card as it stands now. */
export const HOLD_CARD_DONE = 'hold.card-done';

/** A card is shown before it is changed. */
const card = (kind: typeof HOLD_CARD | typeof HOLD_CARD_DONE, placed: Position): TaskDraft => ({
  kind,
  lane: lane('desk', `hold-${String(placed)}`),
});
/** Who was told that it stands is told that it is over afterwards. */
const tell = (placed: Position): TaskDraft => ({ kind: HOLD_TELL, lane: lane('staff', `hold-${String(placed)}`) });

async function plan(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  switch (entry.kind) {
    case 'hold.placed': {
      const { position, body } = entry;
      const covers = { kind: HOLD_COVERS, lane: lane('desk', `hold-${String(position)}`) };
      return [...(body.at === undefined ? [] : [covers]), ...(body.custodians.length === 0 ? [] : [tell(position)])];
    }
    case 'hold.release-requested':
      return [card(entry.body.refused === true ? HOLD_CARD_DONE : HOLD_CARD, entry.body.placed)];
    case 'hold.released':
      return onReleased(entry, reading);
    default:
      return [];
  }
}

async function onReleased({ body }: EntryOf<'hold.released'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const told = (await custodiansOf(reading, body.placed)).length > 0;
  return [card(HOLD_CARD_DONE, body.placed), ...(told ? [tell(body.placed)] : [])];
}

export const holdPlanner: Planner = {
  name: 'retention-holds',
  reads: [HOLDS],
  plan: (entry, reading) => plan(entry, reading),
};
