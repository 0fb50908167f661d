/**
 * Which events of the homeserver what goes was: noted in the commit that erases, for their ids are in records that
 * nobody opens afterwards. Kept until the certificate.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { must, parseConnectorId, parseEventId, parsePosition, parseRoomId } from '../../core/ids.ts';
import type { ConnectorId, EventId, Position, RoomId } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { Views } from '../../journal/journal.ts';
import { listKv } from '../../journal/kv-store.ts';

const OWNER: ConnectorId = must(parseConnectorId('gatehouse-retention-gone'));

const eventShape = z.object({
  room: z.custom<RoomId>((value) => parseRoomId(value).ok),
  event: z.custom<EventId>((value) => parseEventId(value).ok),
  position: z.custom<Position>((value) => parsePosition(value).ok),
  /** A message of ours that quoted what went. */
  copy: z.boolean(),
});
/** An event whose record is erased. */
export type GoneEvent = Readonly<z.infer<typeof eventShape>>;
const noteShape = z.array(eventShape);

export function eventOf(entry: Entry, copy: boolean): readonly GoneEvent[] {
  if (entry.kind !== 'matrix.event') return [];
  const { room_id: room, event_id: event } = entry.body;
  return [{ room, event, position: entry.position, copy }];
}

/** Committed together with the `retention.erased` that names them. */
export function noteGone(events: readonly GoneEvent[]): readonly KvChange[] {
  const first = events[0];
  if (first === undefined) return [];
  return [{ connector: OWNER, key: String(first.position), value: Buffer.from(JSON.stringify(events)) }];
}

export interface Gone {
  readonly events: readonly GoneEvent[];
  /** Committed together with the certificate. */
  readonly forget: readonly KvChange[];
}

/** Of what a hold kept in that very commit nothing is told. */
export async function goneEvents(views: Views): Promise<Gone> {
  const notes = await views.read((reading) => listKv({ connector: OWNER, prefix: '' }, reading, views.sealer));
  const noted = notes.flatMap(({ value }) => noteShape.parse(JSON.parse(Buffer.from(value).toString('utf8'))));
  const events = await views.read(async (reading) => {
    const erased: GoneEvent[] = [];
    for (const one of noted) if ((await erasedBy(one.position, reading)) !== undefined) erased.push(one);
    return erased;
  });
  return { events, forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })) };
}
