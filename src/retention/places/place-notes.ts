/** Whose places a run is giving up: noted in the commit that closes the portals, forgotten with the certificate. */
import { z } from 'zod';
import { must, parseConnectorId, parseContactId, parseRoomId } from '../../core/ids.ts';
import type { ConnectorId, ContactId, RoomId } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import { listKv } from '../../journal/kv-store.ts';

const OWNER: ConnectorId = must(parseConnectorId('gatehouse-retention-places'));

const leftShape = z.object({
  contact: z.custom<ContactId>((value) => parseContactId(value).ok),
  rooms: z.array(z.custom<RoomId>((value) => parseRoomId(value).ok)),
});

/** A contact whose portals are closed for good, and the rooms that these had. */
export interface LeftPlace {
  readonly contact: ContactId;
  readonly rooms: readonly RoomId[];
}

export function notePlace(left: LeftPlace): KvChange {
  return { connector: OWNER, key: left.contact, value: Buffer.from(JSON.stringify(left)) };
}

export interface NotedPlaces {
  readonly places: readonly LeftPlace[];
  /** Committed together with the certificate. */
  readonly forget: readonly KvChange[];
}

export async function notedPlaces(views: Views): Promise<NotedPlaces> {
  const notes = await views.read((reading) => listKv({ connector: OWNER, prefix: '' }, reading, views.sealer));
  return {
    places: notes.map(({ value }) => leftShape.parse(JSON.parse(Buffer.from(value).toString('utf8')))),
    forget: notes.map(({ key }) => ({ connector: OWNER, key, value: null })),
  };
}
