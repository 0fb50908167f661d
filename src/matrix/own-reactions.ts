/** Which reactions of one of our users stand on an event: asked of the homeserver, for what the record does not know. */
import { z } from 'zod';
import { parseEventId, type EventId } from '../core/ids.ts';
import type { Done, Homeserver, OwnReaction } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { call } from './calls.ts';

const PAGE = 100;
/** Everybody's reactions are in the answer; of more pages than these the rest counts as none. */
const MOST_PAGES = 5;

const relationShape = z.object({ 'm.relates_to': z.object({ key: z.string() }) });
const eventIdShape = z.custom<EventId>((value) => parseEventId(value).ok, 'is not an event id');
const pageShape = z.object({
  chunk: z.array(z.object({ sender: z.string(), event_id: eventIdShape, content: z.record(z.string(), z.unknown()) })),
  next_batch: z.string().optional(),
});

/** Client-server API, `GET /rooms/{roomId}/relations/{eventId}/m.annotation/m.reaction`: newest first, none redacted. */
export async function ownReactions(
  actors: Actors,
  { as, room, event }: Parameters<Homeserver['ownReactions']>[0],
): Done<readonly OwnReaction[]> {
  const own: OwnReaction[] = [];
  let from: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const got = await call(actors, {
      as,
      method: 'GET',
      version: 'v1',
      path: ['rooms', room, 'relations', event, 'm.annotation', 'm.reaction'],
      query: { limit: String(PAGE), ...(from !== undefined && { from }) },
      answer: pageShape,
    });
    if (!got.ok) return got;
    for (const { sender, event_id, content } of got.value.chunk) {
      const relation = sender === as ? relationShape.safeParse(content) : undefined;
      if (relation?.success === true) own.push({ key: relation.data['m.relates_to'].key, event: event_id });
    }
    from = got.value.next_batch;
    if (from === undefined) break;
  }
  return ok(own);
}
