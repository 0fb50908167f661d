/** What the outcome of a showing says beside that it was shown; it is on record there, and compliance is told from it. */
import type { EntryBodies } from '../../core/entry.ts';

export interface ShownAs {
  /** Its ghost was refused by the homeserver, so @gatehouse showed it in the ghost's name. */
  readonly byGatehouse: boolean;
  /** No staff of the line were in the room or invited to it. */
  readonly toNobody: boolean;
}

const BY_GATEHOUSE = 'by-gatehouse';
const TO_NOBODY = 'to-nobody';

export function shownCode(shown: ShownAs): { readonly code?: string } {
  const codes = [...(shown.byGatehouse ? [BY_GATEHOUSE] : []), ...(shown.toNobody ? [TO_NOBODY] : [])];
  return codes.length === 0 ? {} : { code: codes.join(' ') };
}

export function shownAs(outcome: EntryBodies['delivery.outcome']): ShownAs {
  const codes = outcome.target === 'matrix' && outcome.state === 'sent' ? (outcome.code?.split(' ') ?? []) : [];
  return { byGatehouse: codes.includes(BY_GATEHOUSE), toNobody: codes.includes(TO_NOBODY) };
}
