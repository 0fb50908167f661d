/**
 * Which events of the homeserver what goes was: noted in the commit that erases, for their ids are in records that
 * nobody opens afterwards. Kept until the certificate.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import {
  must,
  noMillis,
  parseAddress,
  parseConnectorId,
  parseEventId,
  parseMediaUri,
  parseMillis,
} from '../../core/ids.ts';
import { parseNetworkId, parsePosition, parseRoomId, parseUserId } from '../../core/ids.ts';
import type {
  Address,
  ConnectorId,
  EventId,
  MediaUri,
  Millis,
  NetworkId,
  Position,
  RoomId,
  UserId,
} from '../../core/ids.ts';
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
  /** Whose it is: what is taken back is taken back in their name. */
  by: z.custom<UserId>((value) => parseUserId(value).ok),
  /** `origin_server_ts`. */
  at: z.custom<Millis>((value) => parseMillis(value).ok),
  /** Absent of an `m.room.message`. */
  type: z.exactOptional(z.string()),
  /** A state event: the homeserver keeps it as long as its room. */
  state: z.exactOptional(z.literal(true)),
});
const fileShape = z.object({
  media: z.custom<MediaUri>((value) => parseMediaUri(value).ok),
  position: z.custom<Position>((value) => parsePosition(value).ok),
});
const ghostShape = z.object({
  ghost: z.custom<UserId>((value) => parseUserId(value).ok),
  /** Whom it stood for. */
  network: z.custom<NetworkId>((value) => parseNetworkId(value).ok),
  address: z.custom<Address>((value) => parseAddress(value).ok),
  position: z.custom<Position>((value) => parsePosition(value).ok),
});
/** An event whose record is erased. */
export type GoneEvent = Readonly<z.infer<typeof eventShape>>;
/** A file of the homeserver whose record is erased. */
export type GoneFile = Readonly<z.infer<typeof fileShape>>;
/** A ghost of ours whose record is erased. */
export type GoneGhost = Readonly<z.infer<typeof ghostShape>>;
type GoneOne = GoneEvent | GoneFile | GoneGhost;
const noteShape = z.array(z.union([eventShape, fileShape, ghostShape]));

export function goneOf(entry: Entry, copy: boolean): readonly GoneOne[] {
  const { position } = entry;
  const media = mediaOf(entry);
  const files = media === undefined ? [] : [{ media, position }];
  if (entry.kind === 'ghost.made') {
    const { user: ghost, network, address } = entry.body;
    return [{ ghost, network, address, position }];
  }
  if (entry.kind !== 'matrix.event') return files;
  const { room_id: room, event_id: event, sender, origin_server_ts, type, state_key } = entry.body;
  const at = parseMillis(origin_server_ts);
  return [
    ...files,
    {
      ...{ room, event, position, copy, by: sender, at: at.ok ? at.value : noMillis },
      ...(type === 'm.room.message' ? {} : { type }),
      ...(state_key === undefined ? {} : { state: true }),
    },
  ];
}

/** Committed together with the `retention.erased` that names them, whose source is `of`. */
export function noteGone(of: string, gone: readonly GoneOne[]): readonly KvChange[] {
  if (gone.length === 0) return [];
  return [{ connector: OWNER, key: of, value: Buffer.from(JSON.stringify(gone)) }];
}

export interface Gone {
  readonly events: readonly GoneEvent[];
  readonly files: readonly GoneFile[];
  readonly ghosts: readonly GoneGhost[];
  /** Committed together with the certificate. */
  readonly forget: readonly KvChange[];
}

/** Of what a hold kept in that very commit nothing is told. */
export async function goneEvents(views: Views): Promise<Gone> {
  const notes = await views.read((reading) => listKv({ connector: OWNER, prefix: '' }, reading, views.sealer));
  const noted = notes.flatMap(({ value }) => noteShape.parse(JSON.parse(Buffer.from(value).toString('utf8'))));
  const gone = await views.read(async (reading) => {
    const erased: GoneOne[] = [];
    for (const one of noted) if ((await erasedBy(one.position, reading)) !== undefined) erased.push(one);
    return erased;
  });
  return {
    events: gone.filter((one) => 'event' in one),
    files: gone.filter((one) => 'media' in one),
    ghosts: gone.filter((one) => 'ghost' in one),
    forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })),
  };
}

/** Each once. */
export function usersIn(ghosts: readonly GoneGhost[]): readonly GoneGhost[] {
  return [...new Map(ghosts.map((one) => [one.ghost, one])).values()];
}
