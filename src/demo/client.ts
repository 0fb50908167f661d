/**
 * A person's own client, on nothing but the client-server API: what the demo says it saw, it saw through this.
 * It keeps the timeline and state of each joined room and accepts every invitation.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { must, parseEventId, parseRoomId, parseUserId, type EventId, type RoomId, type UserId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';

const event = z.object({
  event_id: z.string().optional(),
  type: z.string(),
  sender: z.string().optional(),
  state_key: z.string().optional(),
  content: z.record(z.string(), z.json()),
  redacts: z.string().optional(),
});
export type SeenEvent = z.infer<typeof event>;

const events = z.object({ events: z.array(event).default([]) }).default({ events: [] });
const room = z.object({ timeline: events, state: events });
const syncAnswer = z.object({
  next_batch: z.string(),
  rooms: z
    .object({ join: z.record(z.string(), room).default({}), invite: z.record(z.string(), z.unknown()).default({}) })
    .default({ join: {}, invite: {} }),
});
const loginAnswer = z.object({ access_token: z.string(), user_id: z.string() });
const sentAnswer = z.object({ event_id: z.string() });
const uploadedAnswer = z.object({ content_uri: z.string() });
const madeAnswer = z.object({ room_id: z.string() });

/** What a condition looks at: every event of a room as this person has seen it, oldest first. */
export interface SeenRoom {
  readonly id: RoomId;
  readonly events: readonly SeenEvent[];
}

const SYNC_MS = 10_000;
const AGAIN_MS = 300;
const WHOLE_TIMELINES = JSON.stringify({ room: { timeline: { limit: 200 } } });

export class Client {
  readonly user: UserId;
  readonly rooms = new Map<RoomId, SeenEvent[]>();
  readonly #url: string;
  readonly #token: string;
  readonly #patient: boolean;
  readonly #stop = new AbortController();
  readonly #watchers = new Set<() => void>();
  #failure: unknown;
  #running: Promise<void> = Promise.resolve();
  #sent = 0;

  private constructor(url: string, login: z.infer<typeof loginAnswer>, patient: boolean) {
    this.#url = url;
    this.#patient = patient;
    this.#token = login.access_token;
    this.user = must(parseUserId(login.user_id));
  }

  /** Logs in with a password, as Element does, and starts to sync; a `patient` one goes on syncing after a failure. */
  static async login(url: string, name: string, password: string, patient = false): Promise<Client> {
    const answer = await fetch(`${url}/_matrix/client/v3/login`, {
      method: 'POST',
      body: JSON.stringify({ type: 'm.login.password', identifier: { type: 'm.id.user', user: name }, password }),
    });
    if (!answer.ok) throw new Error(`${name} could not log in: ${await answer.text()}`);
    const client = new Client(url, loginAnswer.parse(await answer.json()), patient);
    client.#running = client.#sync();
    return client;
  }

  /** Sends a text; with `replyTo` as an answer to that event. */
  async say(to: RoomId, body: string, replyTo?: EventId): Promise<EventId> {
    const relates = replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } };
    return this.send(to, 'm.room.message', { msgtype: 'm.text', body, ...relates });
  }

  async send(to: RoomId, type: string, content: JsonObject): Promise<EventId> {
    this.#sent += 1;
    const path = `/rooms/${encodeURIComponent(to)}/send/${type}/demo-${this.#token.slice(-6)}-${String(this.#sent)}`;
    return must(parseEventId(sentAnswer.parse(await this.#call('PUT', path, content)).event_id));
  }

  /** A room without a line; who is invited joins by an own client. */
  async createRoom(name: string, invite: readonly UserId[]): Promise<RoomId> {
    const made = await this.#call('POST', '/createRoom', { name, preset: 'private_chat', invite: [...invite] });
    return must(parseRoomId(madeAnswer.parse(made).room_id));
  }

  /** The bytes behind an `mxc://` address. */
  async download(mxc: string): Promise<Uint8Array> {
    const answer = await fetch(`${this.#url}/_matrix/client/v1/media/download/${mxc.slice('mxc://'.length)}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (!answer.ok) throw new Error(`download of ${mxc} failed: ${String(answer.status)}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** Resolves with the `mxc://` address that the homeserver gives it. */
  async upload(bytes: Uint8Array, type: string): Promise<string> {
    const answer = await fetch(`${this.#url}/_matrix/media/v3/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': type },
      body: new Uint8Array(bytes),
    });
    if (!answer.ok) throw new Error(`an upload failed: ${String(answer.status)}`);
    return uploadedAnswer.parse(await answer.json()).content_uri;
  }

  /**
   * Resolves with what `look` finds in the rooms seen so far, looking again whenever something new arrives.
   * @throws Error with `what` when it is not there within `ms`.
   */
  async until<T>(what: string, look: (rooms: readonly SeenRoom[]) => T | undefined, ms = 30_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(check);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`${this.user} did not see ${what} within ${String(ms / 1000)} s`));
      }, ms);
      const check = (): void => {
        if (this.#failure !== undefined) {
          finish();
          reject(new Error(`${this.user} lost its sync`, { cause: this.#failure }));
          return;
        }
        const found = look(Array.from(this.rooms, ([id, seen]) => ({ id, events: seen })));
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      this.#watchers.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #sync(): Promise<void> {
    let since = '';
    try {
      while (!this.#stop.signal.aborted) since = await this.#syncPatiently(since);
    } catch (error) {
      this.#failure = error;
      this.#wake();
    }
  }

  async #syncPatiently(since: string): Promise<string> {
    try {
      return await this.#syncOnce(since);
    } catch (error) {
      if (!this.#patient || this.#stop.signal.aborted) throw error;
      await pause(AGAIN_MS);
      return since;
    }
  }

  async #syncOnce(since: string): Promise<string> {
    const query = new URLSearchParams({
      timeout: String(SYNC_MS),
      filter: WHOLE_TIMELINES,
      ...(since === '' ? {} : { since }),
    });
    const answer = syncAnswer.parse(await this.#call('GET', `/sync?${query.toString()}`));
    for (const id of Object.keys(answer.rooms.invite)) {
      await this.#call('POST', `/join/${encodeURIComponent(id)}`, {});
    }
    for (const [id, joined] of Object.entries(answer.rooms.join)) {
      const seen = this.rooms.get(must(parseRoomId(id))) ?? [];
      seen.push(...joined.state.events, ...joined.timeline.events);
      this.rooms.set(must(parseRoomId(id)), seen);
    }
    this.#wake();
    return answer.next_batch;
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #call(method: string, path: string, body?: JsonObject): Promise<unknown> {
    const answer = await fetch(`${this.#url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      signal: this.#stop.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  }
}

/** The name that members see on top of a room. */
export function nameOf(seen: SeenRoom): string | undefined {
  const names = seen.events.filter((one) => one.type === 'm.room.name');
  const name = names.at(-1)?.content['name'];
  return typeof name === 'string' ? name : undefined;
}

export function bodyOf(one: SeenEvent): string {
  const body = one.content['body'];
  return typeof body === 'string' ? body : '';
}
