/**
 * Which events of the homeserver what goes was: noted in the commit that erases, for their ids are in records that
 * nobody opens afterwards. Kept until the certificate.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { must, parseConnectorId, parseEventId, parseMediaUri, parsePosition, parseRoomId } from '../../core/ids.ts';
import { parseUserId, type ConnectorId, type EventId, type MediaUri, type UserId } from '../../core/ids.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { Views } from '../../journal/journal.ts';
import { listKv } from '../../journal/kv-store.ts';
import { mediaOf } from '../homeserver/media-store.ts';

const OWNER: ConnectorId = must(parseConnectorId('gatehouse-retention-gone'));

const eventShape = z.object({
  room: z.custom<RoomId>((value) => parseRoomId(value).ok),
  event: z.custom<EventId>((value) => parseEventId(value).ok),
  position: z.custom<Position>((value) => parsePosition(value).ok),
  /** A message of ours that quoted what went. */
  copy: z.boolean(),
  /** Whose it is, of a copy: it is taken back in their name. */
  by: z.exactOptional(z.custom<UserId>((value) => parseUserId(value).ok)),
  /** A state event: the homeserver keeps it as long as its room. */
  state: z.exactOptional(z.literal(true)),
});
const fileShape = z.object({
  media: z.custom<MediaUri>((value) => parseMediaUri(value).ok),
  position: z.custom<Position>((value) => parsePosition(value).ok),
});
/** An event whose record is erased. */
export type GoneEvent = Readonly<z.infer<typeof eventShape>>;
/** A file of the homeserver whose record is erased. */
export type GoneFile = Readonly<z.infer<typeof fileShape>>;
const noteShape = z.array(z.union([eventShape, fileShape]));

export function goneOf(entry: Entry, copy: boolean): readonly (GoneEvent | GoneFile)[] {
  const { position } = entry;
  const media = mediaOf(entry);
  if (media !== undefined) return [{ media, position }];
  if (entry.kind !== 'matrix.event') return [];
  const { room_id: room, event_id: event, sender, state_key } = entry.body;
  return [
    {
      ...{ room, event, position, copy },
      ...(copy ? { by: sender } : {}),
      ...(state_key === undefined ? {} : { state: true }),
    },
  ];
}

/** Committed together with the `retention.erased` that names them, whose source is `of`. */
export function noteGone(of: string, gone: readonly (GoneEvent | GoneFile)[]): readonly KvChange[] {
  if (gone.length === 0) return [];
  return [{ connector: OWNER, key: of, value: Buffer.from(JSON.stringify(gone)) }];
}

export interface Gone {
  readonly events: readonly GoneEvent[];
  readonly files: readonly GoneFile[];
  /** Committed together with the certificate. */
  readonly forget: readonly KvChange[];
}

/** Of what a hold kept in that very commit nothing is told. */
export async function goneEvents(views: Views): Promise<Gone> {
  const notes = await views.read((reading) => listKv({ connector: OWNER, prefix: '' }, reading, views.sealer));
  const noted = notes.flatMap(({ value }) => noteShape.parse(JSON.parse(Buffer.from(value).toString('utf8'))));
  const gone = await views.read(async (reading) => {
    const erased: (GoneEvent | GoneFile)[] = [];
    for (const one of noted) if ((await erasedBy(one.position, reading)) !== undefined) erased.push(one);
    return erased;
  });
  return {
    events: gone.filter((one) => 'event' in one),
    files: gone.filter((one) => 'media' in one),
    forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })),
  };
}
