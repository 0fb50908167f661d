/**
 * Synapse's admin API, as far as Gatehouse needs it, with the admin's own token: neither appservice is an admin.
 * Synapse documentation, "Admin API"; the token comes from a password login or from MAS.
 */
import { MatrixClient, MemoryStorageProvider } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import { parseRoomId, parseUserId, type RoomId, type UserId } from '../core/ids.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import { failureOf } from './failure.ts';

const TIMEOUT_MS = 30_000;

const roomId = z.custom<RoomId>((value) => parseRoomId(value).ok, 'is not a room id');
const userId = z.custom<UserId>((value) => parseUserId(value).ok, 'is not a user id');
const flag = z.union([z.boolean(), z.number()]).optional();
const accountShape = z.object({ deactivated: flag, locked: flag, suspended: flag });
const versionShape = z.object({ server_version: z.string() });
const whoShape = z.object({ user_id: userId });
const redactShape = z.object({ redact_id: z.string() });
const redactStatusShape = z.object({
  status: z.enum(['scheduled', 'active', 'complete', 'failed']),
  failed_redactions: z.record(z.string(), z.string()).optional(),
});
const roomsShape = z.object({
  rooms: z.array(z.object({ room_id: roomId, name: z.string().nullish(), joined_members: z.number() })),
  next_batch: z.union([z.string(), z.number()]).optional(),
  total_rooms: z.number(),
});

export interface AdminRooms {
  readonly rooms: readonly { readonly room: RoomId; readonly joined: number }[];
  readonly total: number;
  /** Where the next page begins. */
  readonly next?: string;
}

/** How a redaction in the background goes; `failed` are the events that stand there still. */
export interface RedactionState {
  readonly over: boolean;
  readonly failed: readonly string[];
}

export class AdminApi {
  readonly #client: MatrixClient;

  constructor(url: string, token: string) {
    this.#client = new MatrixClient(url, token, new MemoryStorageProvider());
  }

  /** `1.163.2`. Synapse tells it to anyone. */
  async serverVersion(): Done<string> {
    const got = await this.#get('/_synapse/admin/v1/server_version', {}, versionShape);
    // A Synapse that runs inside a git checkout adds that checkout's branch.
    return got.ok ? ok(got.value.server_version.replace(/ .*$/u, '')) : got;
  }

  async whoAmI(): Done<UserId> {
    const got = await this.#get('/_matrix/client/v3/account/whoami', {}, whoShape);
    return got.ok ? ok(got.value.user_id) : got;
  }

  /** `forbidden` says that the token is not an admin's. */
  async checkAdmin(): Done<void> {
    const rooms = await this.rooms();
    return rooms.ok ? ok(undefined) : rooms;
  }

  /** All rooms of the server, 100 a page, in the order of their names. */
  async rooms(from = '0'): Done<AdminRooms> {
    const got = await this.#get('/_synapse/admin/v1/rooms', { from, limit: '100', order_by: 'name' }, roomsShape);
    if (!got.ok) return got;
    const rooms = got.value.rooms.map((room) => ({ room: room.room_id, joined: room.joined_members }));
    const next = got.value.next_batch;
    return ok({ rooms, total: got.value.total_rooms, ...(next !== undefined && { next: String(next) }) });
  }

  /** Whether an admin took the account out of use; `not-found` when there is none. Admin API, "Query User Account". */
  async isAway(user: UserId): Done<boolean> {
    const got = await this.#get(`/_synapse/admin/v2/users/${encodeURIComponent(user)}`, {}, accountShape);
    if (!got.ok) return got;
    return ok([got.value.deactivated, got.value.locked, got.value.suspended].some(Boolean));
  }

  /** Gives `user` the power of the most powerful local member, and invites it. Admin API, "Make Room Admin API". */
  async makeRoomAdmin(room: RoomId, user: UserId): Done<void> {
    const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(room)}/make_room_admin`;
    try {
      await this.#client.doRequest('POST', path, null, { user_id: user }, TIMEOUT_MS);
      return ok(undefined);
    } catch (error) {
      return err(failureOf(error, true));
    }
  }

  /**
   * Begins to redact, as their sender, what a user wrote in a room at one millisecond: messages alone, and not what is
   * redacted already. Admin API, "Redact all the events of a user" (Synapse 1.118 and later, times from 1.157 on).
   */
  async beginRedaction(of: {
    readonly sender: UserId;
    readonly room: RoomId;
    readonly at: number;
    readonly reason: string;
  }): Done<string> {
    const path = `/_synapse/admin/v1/user/${encodeURIComponent(of.sender)}/redact`;
    const body = { rooms: [of.room], reason: of.reason, after_ts: of.at, before_ts: of.at };
    try {
      const answer: unknown = await this.#client.doRequest('POST', path, null, body, TIMEOUT_MS);
      const decoded = redactShape.safeParse(answer);
      if (decoded.success) return ok(decoded.data.redact_id);
      return err({ kind: 'down', detail: 'the answer is not of the expected form' });
    } catch (error) {
      return err(failureOf(error, true));
    }
  }

  async redactionState(id: string): Done<RedactionState> {
    const path = `/_synapse/admin/v1/user/redact_status/${encodeURIComponent(id)}`;
    const got = await this.#get(path, {}, redactStatusShape);
    if (!got.ok) return got;
    const { status, failed_redactions: failed = {} } = got.value;
    if (status === 'failed') return err({ kind: 'unclear', detail: 'the homeserver broke it off' });
    return ok({ over: status === 'complete', failed: Object.keys(failed) });
  }

  async #get<T>(path: string, query: Record<string, string>, shape: z.ZodType<T>): Done<T> {
    try {
      const answer: unknown = await this.#client.doRequest('GET', path, query, null, TIMEOUT_MS);
      const decoded = shape.safeParse(answer);
      if (decoded.success) return ok(decoded.data);
      return err({ kind: 'down', detail: 'the answer is not of the expected form' });
    } catch (error) {
      return err(failureOf(error, true));
    }
  }
}
