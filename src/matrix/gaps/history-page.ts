/** One answer of `/rooms/{id}/messages` (client-server API 1.12) as entries: the same drafts as of a transaction. */
import { z } from 'zod';
import { must, parseEventId, parseMillis, type EventId } from '../../core/ids.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { HistoryEvent, HistoryPage } from '../../core/ports/room-history.ts';
import { draftOf, type DraftContext, type MatrixDraft } from '../event-drafts.ts';
import { eventSlices } from '../event-slices.ts';

const pageShape = z.object({ chunk: z.array(z.unknown()), start: z.string().optional(), end: z.string().optional() });
const redacted = z.object({ unsigned: z.object({ redacted_because: z.custom<unknown>(isJsonObject) }) });

/** Types that say something only by their content, of which a redaction leaves nothing (Matrix spec, "Redactions"). */
const SAY_BY_CONTENT = new Set([
  'm.room.message',
  'm.room.encrypted',
  'm.room.name',
  'm.room.topic',
  'm.reaction',
  'm.sticker',
]);

/** Undefined when `body` is no such answer. */
export function historyPage(body: Uint8Array, context: DraftContext): HistoryPage | undefined {
  const parsed = pageShape.safeParse(parseJson(Buffer.from(body).toString('utf8')));
  if (!parsed.success) return undefined;
  const { chunk, start, end } = parsed.data;
  const slices = eventSlices(body, 'chunk');
  if (slices.length !== chunk.length) throw new Error('the page was cut wrongly');
  const events = slices.flatMap((raw, index) => {
    const value = chunk[index];
    return historyEvent(draftOf({ value, raw }, context), redacted.safeParse(value).success);
  });
  return { events, ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

/** What has no event id can't be compared with the record: the homeserver gives one to each. */
function historyEvent(draft: MatrixDraft, wasRedacted: boolean): HistoryEvent[] {
  const id = idOf(draft);
  if (id === undefined) return [];
  return [{ id, at: must(parseMillis(draft.at)), pruned: wasRedacted || isEmptied(draft), draft }];
}

function idOf(draft: MatrixDraft): EventId | undefined {
  if (draft.kind === 'matrix.event') return draft.body.event_id;
  const id = parseEventId(draft.body.eventId);
  return id.ok ? id.value : undefined;
}

function isEmptied(draft: MatrixDraft): boolean {
  if (draft.kind !== 'matrix.event') return false;
  return SAY_BY_CONTENT.has(draft.body.type) && Object.keys(draft.body.content).length === 0;
}
