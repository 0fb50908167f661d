/** The port `RoomHistory`: every room with a server admin's token, else those that our own bots are in. */
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { parseRoomId, type ClassId, type RoomId, type UserId } from '../../core/ids.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import type { HistoryPage, RoomHistory } from '../../core/ports/room-history.ts';
import { err, ok } from '../../core/result.ts';
import { AdminApi } from '../admin-api.ts';
import { BoundedMap } from '../bounded-map.ts';
import { getBytes, type Access } from './get-bytes.ts';
import { historyPage } from './history-page.ts';

const MOST_ROOMS = 20_000;
const PAGE = '100';

const joinedShape = z.object({ joined_rooms: z.array(z.custom<RoomId>((value) => parseRoomId(value).ok)) });

/** How drafts are made of what is read. */
export interface HistoryContext {
  readonly class: ClassId;
  readonly clock: Pick<Clock, 'now'>;
}

/** Synapse's admin API: it shows a room whether or not one of our users is in it. */
export function adminHistory(url: string, token: string, context: HistoryContext): RoomHistory {
  const api = new AdminApi(url, token);
  return {
    reach: 'all',
    rooms: async (from) => {
      const got = await api.rooms(from);
      if (!got.ok) return got;
      const { rooms, next } = got.value;
      return ok({ rooms: rooms.map(({ room }) => room), ...(next !== undefined && { next }) });
    },
    page: (room, from) => page({ url, token }, `/_synapse/admin/v1/rooms/${encodeURIComponent(room)}`, context, from),
  };
}

/** Who of ours may be in rooms, with the token that lets it read them. */
export interface OwnReader {
  readonly user: UserId;
  readonly token: string;
}

/** The client API as our own bots: portals, desks and chats, not the rooms that only colleagues are in. */
export function ownHistory(url: string, readers: readonly OwnReader[], context: HistoryContext): RoomHistory {
  const readerOf = new BoundedMap<RoomId, Access>(MOST_ROOMS);
  return {
    reach: 'ours',
    rooms: async () => {
      const rooms = new Set<RoomId>();
      for (const { user, token } of readers) {
        const access = { url, token, as: user };
        const joined = await joinedRooms(access);
        if (!joined.ok) return joined;
        for (const room of joined.value) {
          rooms.add(room);
          readerOf.set(room, access);
        }
      }
      return ok({ rooms: [...rooms] });
    },
    page: (room, from) => {
      const access = readerOf.get(room);
      const detail = 'none of our bots is in this room';
      if (access === undefined) return Promise.resolve(err({ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail }));
      return page(access, `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`, context, from);
    },
  };
}

/** A bot that was never needed is not registered, and in no room. */
async function joinedRooms(access: Access): Done<readonly RoomId[]> {
  const got = await getBytes(access, '/_matrix/client/v3/joined_rooms');
  if (!got.ok) return got.error.kind === 'forbidden' ? ok([]) : got;
  const answer = joinedShape.safeParse(JSON.parse(Buffer.from(got.value).toString('utf8')));
  if (answer.success) return ok(answer.data.joined_rooms);
  return err({ kind: 'down', detail: 'the answer is not of the expected form' });
}

async function page(
  access: Access,
  room: string,
  context: HistoryContext,
  from: string | undefined,
): Done<HistoryPage> {
  const query = { dir: 'b', limit: PAGE, ...(from !== undefined && { from }) };
  const got = await getBytes(access, `${room}/messages`, query);
  if (!got.ok) return got;
  const read = historyPage(got.value, { class: context.class, now: context.clock.now() });
  return read === undefined ? err({ kind: 'down', detail: 'the answer is not of the expected form' }) : ok(read);
}
