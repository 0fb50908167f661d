/**
 * The port `core/ports/homeserver-erasing.ts` over Synapse's admin API. Synapse documentation, "Purge History API",
 * "Room Details API", "Delete Room API version 2", "Delete local media", "User Admin API"; seen with Synapse 1.163.2.
 */
import { MatrixClient, MemoryStorageProvider } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import { wait, type Clock } from '../core/clock.ts';
import { isGhost } from '../core/address.ts';
import { parseEventId, partsOfMediaUri } from '../core/ids.ts';
import type { EventId, MediaUri, RoomId, UserId } from '../core/ids.ts';
import type { Done, HomeserverFailure } from '../core/ports/homeserver.ts';
import type { HomeserverErasing } from '../core/ports/homeserver-erasing.ts';
import { err, ok } from '../core/result.ts';
import { failureOf } from './failure.ts';

const TIMEOUT_MS = 30_000;
const PAGE = '100';
/** It takes a tenth of a second, or hours in a room of millions: looked at ever more seldom. */
const FIRST_LOOK_MS = 50;
const MOST_LOOK_MS = 5_000;

const eventId = z.custom<EventId>((value) => parseEventId(value).ok, 'is not an event id');
const pageShape = z.object({
  chunk: z.array(z.object({ event_id: eventId, state_key: z.string().optional() })),
  end: z.string().optional(),
});
const purgeShape = z.object({ purge_id: z.string() });
const deleteShape = z.object({ delete_id: z.string() });
/** "Purge History" says `active`; "Delete Room" also `scheduled` and `cancelled`. */
const statusShape = z.object({ status: z.enum(['scheduled', 'active', 'complete', 'failed', 'cancelled']) });
const roomShape = z.object({ joined_local_members: z.number() });
const fetchedShape = z.object({ event: z.object({ event_id: eventId.optional(), type: z.string() }) });
const contextShape = z.object({
  event: z.object({ unsigned: z.record(z.string(), z.unknown()).optional() }),
});
const accountShape = z.object({ deactivated: z.union([z.boolean(), z.number()]).optional() });
const anything = z.unknown();

interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/_synapse/admin/`, its parts not yet escaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface AdminErasingOptions {
  readonly url: string;
  readonly token: string;
  /** The homeserver's own: other servers' media are theirs to delete. */
  readonly domain: string;
  readonly clock: Clock;
  /** What is known of a user's account counts no longer. */
  readonly forget?: (user: UserId) => void;
}

export class AdminErasing implements HomeserverErasing {
  readonly #client: MatrixClient;
  readonly #domain: string;
  readonly #clock: Clock;
  readonly #forget: (user: UserId) => void;

  constructor({ url, token, domain, clock, forget = () => undefined }: AdminErasingOptions) {
    this.#client = new MatrixClient(url, token, new MemoryStorageProvider());
    this.#domain = domain;
    this.#clock = clock;
    this.#forget = forget;
  }

  async oldest(room: RoomId, from?: string): ReturnType<HomeserverErasing['oldest']> {
    const query = { dir: 'f', limit: PAGE, ...(from === undefined ? {} : { from }) };
    const got = await this.#ask({ method: 'GET', path: ['v1', 'rooms', room, 'messages'], query }, pageShape);
    if (!got.ok) return got;
    const { chunk, end } = got.value;
    const events = chunk.map((one) => ({ id: one.event_id, isState: one.state_key !== undefined }));
    return ok({ events, ...(end === undefined || events.length === 0 ? {} : { next: end }) });
  }

  async purge(
    { room, before }: Parameters<HomeserverErasing['purge']>[0],
    signal: AbortSignal,
  ): ReturnType<HomeserverErasing['purge']> {
    const body = { delete_local_events: true, purge_up_to_event_id: before };
    const begun = await this.#ask({ method: 'POST', path: ['v1', 'purge_history', room], body }, purgeShape);
    if (!begun.ok) return begun;
    return this.#isOver(['v1', 'purge_history_status', begun.value.purge_id], signal);
  }

  async joined(room: RoomId): Done<number | undefined> {
    const got = await this.#ask({ method: 'GET', path: ['v1', 'rooms', room] }, roomShape);
    if (got.ok) return ok(got.value.joined_local_members);
    return isGone(got.error) ? ok(undefined) : got;
  }

  async deleteRoom(room: RoomId, signal: AbortSignal): Done<void> {
    const body = { block: false, purge: true };
    const begun = await this.#ask({ method: 'DELETE', path: ['v2', 'rooms', room], body }, deleteShape);
    if (!begun.ok) return isGone(begun.error) ? ok(undefined) : begun;
    return this.#isOver(['v2', 'rooms', 'delete_status', begun.value.delete_id], signal);
  }

  /** The first call reads the row as it is, redacted or not; how people see it, the second one says. */
  async look({ room, event }: Parameters<HomeserverErasing['look']>[0]): ReturnType<HomeserverErasing['look']> {
    const row = await this.#ask({ method: 'GET', path: ['v1', 'fetch_event', event] }, fetchedShape);
    if (!row.ok) return isGone(row.error) ? ok('gone') : row;
    const path = ['v1', 'rooms', room, 'context', event];
    const seen = await this.#ask({ method: 'GET', path, query: { limit: '0' } }, contextShape);
    // Synapse breaks over state events from before a purge: they are there, as its rows say.
    if (!seen.ok) return isGone(seen.error) || isBroken(seen.error) ? ok('there') : seen;
    return ok('redacted_because' in (seen.value.event.unsigned ?? {}) ? 'redacted' : 'there');
  }

  async deleteMedia(uri: MediaUri): ReturnType<HomeserverErasing['deleteMedia']> {
    const { server, id } = partsOfMediaUri(uri);
    if (server !== this.#domain) return ok('not-ours');
    const done = await this.#ask({ method: 'DELETE', path: ['v1', 'media', server, id] }, anything);
    return done.ok || isGone(done.error) ? ok('gone') : done;
  }

  /** @throws Error for a user who is no ghost of ours */
  async deactivate(ghost: UserId): Done<void> {
    this.#mustBeGhost(ghost);
    this.#forget(ghost);
    const done = await this.#ask(
      { method: 'POST', path: ['v1', 'deactivate', ghost], body: { erase: true } },
      anything,
    );
    this.#forget(ghost);
    return done.ok || isGone(done.error) ? ok(undefined) : done;
  }

  /** Without a password: nobody logs in as a ghost. @throws Error for a user who is no ghost of ours */
  async activate(ghost: UserId): Done<void> {
    this.#mustBeGhost(ghost);
    const account = await this.#ask({ method: 'GET', path: ['v2', 'users', ghost] }, accountShape);
    if (!account.ok) return isGone(account.error) ? ok(undefined) : account;
    if (![true, 1].includes(account.value.deactivated ?? false)) return ok(undefined);
    const body = { deactivated: false };
    const done = await this.#ask({ method: 'PUT', path: ['v2', 'users', ghost], body }, anything);
    return done.ok ? ok(undefined) : done;
  }

  #mustBeGhost(user: UserId): void {
    if (!isGhost(user, this.#domain)) throw new Error('only ghosts of ours are taken out of use and let in again');
  }

  /** Asks until the homeserver says that its work in the background is over. */
  async #isOver(path: readonly string[], signal: AbortSignal): Done<void> {
    for (let ms = FIRST_LOOK_MS; !signal.aborted; ms = Math.min(ms * 2, MOST_LOOK_MS)) {
      const state = await this.#ask({ method: 'GET', path }, statusShape);
      if (!state.ok) return state;
      if (state.value.status === 'complete') return ok(undefined);
      if (state.value.status === 'failed' || state.value.status === 'cancelled') return err(brokenOff);
      await wait(this.#clock, ms, signal);
    }
    return err({ kind: 'unclear', detail: 'it was not waited for' });
  }

  async #ask<T>({ method, path, query, body }: Asked, shape: z.ZodType<T>): Done<T> {
    const to = `/_synapse/admin/${path.map(encodeURIComponent).join('/')}`;
    try {
      const answer: unknown = await this.#client.doRequest(method, to, query ?? null, body, TIMEOUT_MS);
      const decoded = shape.safeParse(answer);
      if (decoded.success) return ok(decoded.data);
      return err({ kind: 'down', detail: 'the answer is not of the expected form' });
    } catch (error) {
      // Asked again, each of them leaves the same behind.
      return err(failureOf(error, true));
    }
  }
}

const brokenOff: HomeserverFailure = {
  kind: 'refused',
  status: 500,
  errcode: 'M_UNKNOWN',
  detail: 'the homeserver broke it off',
};

function isBroken(failure: HomeserverFailure): boolean {
  return failure.kind === 'down' && failure.detail === 'HTTP 500';
}

/** Said in Matrix's words: a proxy that doesn't serve these paths says nothing of what is there. */
function isGone(failure: HomeserverFailure): boolean {
  return failure.kind === 'not-found' && failure.errcode === 'M_NOT_FOUND';
}
