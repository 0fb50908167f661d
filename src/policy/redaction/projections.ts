/** What follows from a verdict besides a decision: something is taken away, its sender is told, a desk is told. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { ONE_BY_ONE, POLICY_TELLING, tellingAt, tellingProjection } from '../telling/tell-store.ts';
import { POLICY } from '../verdicts/verdict-projection.ts';
import { verdictAt, verdictsOf } from '../verdicts/verdict-store.ts';
import { POLICY_POSTS, postsProjection, showsStaff } from './post-store.ts';
import { REDACT } from './redact.ts';

/** Done by @gatehouse, in the chat with whoever wrote it. */
export const SENDER_TOLD = 'policy.sender-told';
/** Done by @compliance, at each desk. */
export const DESK_TOLD = 'policy.desk-told';

async function plan(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  if (entry.kind === 'policy.verdict') return [...ofVerdict(entry), ...(await forDesk(entry, reading))];
  if (entry.kind === 'delivery.outcome') return ofShowing(entry, reading);
  if (entry.kind !== 'policy.redacted') return [];
  return [...(await ofRedaction(entry, reading)), ...(await forDesk(entry, reading))];
}

/** A customer's message was never shown as it is, so there is nothing to take away. */
function ofVerdict(entry: EntryOf<'policy.verdict'>): readonly TaskDraft[] {
  const { consequence } = entry.body;
  if (consequence === 'redact' && entry.direction !== 'inbound') {
    return [redact(entry)];
  }
  return consequence === 'warn' && isToldOf(entry) ? [senderTold(entry)] : [];
}

/** A first text that was shown while the verdict on it was made: whichever is on record later takes it away. */
async function ofShowing(entry: Entry & EntryOf<'delivery.outcome'>, reading: Reading): Promise<readonly TaskDraft[]> {
  if (!showsStaff(entry)) return [];
  const known = await verdictsOf(reading, entry.body.of);
  return known.some(({ consequence }) => consequence === 'redact') ? [redact(entry)] : [];
}

function redact(entry: Entry): TaskDraft {
  return { kind: REDACT, lane: lane('screen', `redact-${placeOf(entry)}`) };
}

/** Once, of what they wrote last, when it is known what came of it. Of what was stopped at the gate the bridge says it. */
async function ofRedaction(entry: EntryOf<'policy.redacted'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const verdict = await verdictAt(reading, entry.body.verdict);
  return verdict?.of === entry.body.of && isToldOf(entry) ? [senderTold(entry)] : [];
}

async function forDesk({ position }: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  const telling = await tellingAt(reading, position);
  // One more than are told one by one: it tells of itself and of all that follow.
  if (telling === undefined || telling.nth > ONE_BY_ONE + 1) return [];
  return [{ kind: DESK_TOLD, lane: lane('desk', `told-${String(position)}`) }];
}

function senderTold(entry: Entry): TaskDraft {
  return { kind: SENDER_TOLD, lane: lane('staff', `told-${placeOf(entry)}`) };
}

function isToldOf({ direction, body }: EntryOf<'policy.verdict'> | EntryOf<'policy.redacted'>): boolean {
  return body.afterwards === true || direction === 'internal' || direction === 'external';
}

function placeOf({ portal, room, position }: Entry): string {
  return portal ?? room ?? String(position);
}

export function redactionWriterPart(): WriterPart {
  return {
    projections: [tellingProjection, postsProjection],
    planners: [{ name: 'policy-redaction', reads: [POLICY, POLICY_TELLING, POLICY_POSTS], plan }],
  };
}
