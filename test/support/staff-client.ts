/** A staff member's client that is not ours: matrix-js-sdk, the SDK inside Element Web, with Element's own push rules. */
import {
  ClientEvent,
  createClient,
  EventType,
  MsgType,
  Preset,
  RelationType,
  RoomEvent,
  SyncState,
  type MatrixClient,
  type MatrixEvent,
} from 'matrix-js-sdk';
import { logger } from 'matrix-js-sdk/lib/logger.js';
import type { Account } from '../../src/demo/synapse/register-user.ts';

const HISTORY = 100;

const PATIENCE_MS = 60_000;

/** The SDK leaves a timer of 15 s or more behind each call; it must not keep the test's process alive. */
const plainTimeout = globalThis.setTimeout;
Reflect.set(globalThis, 'setTimeout', (callback: (...args: unknown[]) => void, ms: number, ...more: unknown[]) => {
  const timer = plainTimeout(callback, ms, ...more);
  return ms >= 15_000 ? timer.unref() : timer;
});

for (const one of [logger, logger.getChild('[MatrixRTCSessionManager]')]) {
  const setLevel: unknown = Reflect.get(one, 'setLevel');
  if (typeof setLevel === 'function') Reflect.apply(setLevel, one, ['silent']);
}

const silent = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  getChild: () => silent,
};

function ignore(): void {
  // The SDK's own log is no part of a test.
}

interface KnownRoom {
  readonly id: string;
  readonly name: string;
  readonly membership: string;
}

export class StaffClient {
  readonly userId: string;
  /** For what is not wrapped here. */
  readonly sdk: MatrixClient;

  private constructor(sdk: MatrixClient, userId: string) {
    this.sdk = sdk;
    this.userId = userId;
  }

  /** Resolves when the first sync is in. */
  static async start(url: string, account: Account): Promise<StaffClient> {
    const sdk = createClient({
      baseUrl: url,
      userId: account.userId,
      accessToken: account.accessToken,
      deviceId: account.deviceId,
      logger: silent,
      timelineSupport: true,
    });
    const client = new StaffClient(sdk, account.userId);
    const ready = client.until('the first sync', () => (sdk.getSyncState() === SyncState.Syncing ? true : undefined));
    await sdk.startClient({ initialSyncLimit: HISTORY, pollTimeout: 5_000 });
    await ready;
    return client;
  }

  /** Signs in with a password, as Element does. Resolves when the first sync is in. */
  static async login(url: string, name: string, password: string): Promise<StaffClient> {
    const identifier = { type: 'm.id.user', user: name } as const;
    const login = await createClient({ baseUrl: url, logger: silent }).loginRequest({
      type: 'm.login.password',
      identifier,
      password,
    });
    return StaffClient.start(url, {
      userId: login.user_id,
      password,
      accessToken: login.access_token,
      deviceId: login.device_id,
    });
  }

  stop(): void {
    this.sdk.stopClient();
  }

  /** Joins every room that it is or will be invited to. */
  acceptInvitations(): void {
    const accept = (): void => {
      const invited = this.sdk.getRooms().filter((room) => room.getMyMembership() === 'invite');
      // What is refused or already done is tried again with the next sync, or waited for in vain by a test that says so.
      for (const room of invited) this.sdk.joinRoom(room.roomId).catch(ignore);
    };
    this.sdk.on(ClientEvent.Sync, accept);
    accept();
  }

  /** Resolves with the first defined result of `look`, tried now and after everything that a sync brings. */
  until<T>(what: string, look: () => T | undefined, patienceMs = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.sdk.off(ClientEvent.Sync, again);
        this.sdk.off(RoomEvent.Timeline, again);
        this.sdk.off(ClientEvent.Event, again);
      };
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = plainTimeout(() => {
        end();
        reject(new Error(`${this.userId} waited ${String(patienceMs)} ms for ${what}`));
      }, patienceMs);
      this.sdk.on(ClientEvent.Sync, again);
      this.sdk.on(RoomEvent.Timeline, again);
      this.sdk.on(ClientEvent.Event, again);
      again();
    });
  }

  /** The first event of the room, past or coming, for which `fits` holds. */
  event(room: string, what: string, fits: (event: MatrixEvent) => boolean): Promise<MatrixEvent> {
    return this.until(what, () => this.timeline(room).find(fits));
  }

  /** The first message with exactly this text, past or coming. */
  message(room: string, body: string): Promise<MatrixEvent> {
    return this.event(room, `the message "${body}"`, (event) => event.getContent()['body'] === body);
  }

  /** What the room's timeline shows, oldest first. */
  timeline(room: string): readonly MatrixEvent[] {
    return this.sdk.getRoom(room)?.getLiveTimeline().getEvents() ?? [];
  }

  /** The first room, invited or joined, for which `fits` holds by name and id. */
  /** Where it is not there in time, the error names the rooms that are. */
  async room(what: string, fits: (room: KnownRoom) => boolean): Promise<string> {
    try {
      return await this.until(what, () => this.#rooms().find(fits)?.id);
    } catch (error) {
      const known = this.#rooms().map(({ name, membership }) => `“${name}” (${membership})`);
      throw new Error(`${this.userId} did not see ${what}, but ${known.join(', ') || 'nothing'}`, { cause: error });
    }
  }

  #rooms(): readonly KnownRoom[] {
    const rooms = this.sdk.getRooms();
    return rooms.map((room) => ({ id: room.roomId, name: room.name, membership: room.getMyMembership() }));
  }

  async createRoom(name: string, invite: readonly string[] = []): Promise<string> {
    const made = await this.sdk.createRoom({ name, preset: Preset.PrivateChat, invite: [...invite] });
    await this.room(`its own room "${name}"`, (room) => room.id === made.room_id);
    return made.room_id;
  }

  async join(room: string): Promise<void> {
    await this.sdk.joinRoom(room);
  }

  async sendText(room: string, body: string): Promise<string> {
    const sent = await this.sdk.sendEvent(room, EventType.RoomMessage, { msgtype: MsgType.Text, body });
    return sent.event_id;
  }

  /** Any event, as a client of any make may send it. */
  async sendRaw(room: string, type: string, content: object): Promise<string> {
    const send: unknown = await Reflect.apply(this.sdk.sendEvent.bind(this.sdk), undefined, [room, type, content]);
    const id: unknown = typeof send === 'object' && send !== null && 'event_id' in send ? send.event_id : undefined;
    if (typeof id !== 'string') throw new Error(`${type} was not sent`);
    return id;
  }

  async reply(room: string, to: string, body: string): Promise<string> {
    const sent = await this.sdk.sendEvent(room, EventType.RoomMessage, {
      msgtype: MsgType.Text,
      body,
      'm.relates_to': { 'm.in_reply_to': { event_id: to } },
    });
    return sent.event_id;
  }

  async edit(room: string, event: string, body: string): Promise<string> {
    const sent = await this.sdk.sendEvent(room, EventType.RoomMessage, {
      msgtype: MsgType.Text,
      body: `* ${body}`,
      'm.new_content': { msgtype: MsgType.Text, body },
      'm.relates_to': { rel_type: RelationType.Replace, event_id: event },
    });
    return sent.event_id;
  }

  async react(room: string, event: string, key: string): Promise<string> {
    const relation = { rel_type: RelationType.Annotation, event_id: event, key } as const;
    const sent = await this.sdk.sendEvent(room, EventType.Reaction, { 'm.relates_to': relation });
    return sent.event_id;
  }

  async redact(room: string, event: string): Promise<string> {
    return (await this.sdk.redactEvent(room, event)).event_id;
  }

  /** What Element would do for this event, by the account's push rules: show it, sound. */
  notification(event: MatrixEvent): { readonly shown: boolean; readonly sounds: boolean } {
    const actions = this.sdk.getPushActionsForEvent(event, true);
    return { shown: actions?.notify === true, sounds: actions?.tweaks.sound !== undefined };
  }
}
