/** A homeserver in memory: rooms, members and events as Synapse would show them, and failures where a test wants them. */
import type { DraftOf, MatrixEvent } from '../../../src/core/entry.ts';
import {
  must,
  parseEventId,
  parseMillis,
  parseRoomId,
  parseUserId,
  type EventId,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Done, Homeserver, HomeserverFailure, NewRoom, SendEvent } from '../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../src/core/result.ts';
import { kindOfUser } from '../../../src/bridge/our-users.ts';

export const DOMAIN = 'acme.example';
export function user(name: string): UserId {
  return must(parseUserId(`@${name}:${DOMAIN}`));
}

interface Room {
  readonly made: NewRoom;
  readonly events: MatrixEvent[];
  readonly members: Map<string, string>;
  readonly state: Map<string, JsonObject>;
}
/** `done`: it was done all the same, and only the answer was lost. */
interface Trouble {
  readonly call: string;
  readonly failure: HomeserverFailure;
  readonly done: boolean;
  readonly when: (what: string) => boolean;
}

export class FakeHomeserver implements Homeserver {
  readonly domain = DOMAIN;
  readonly gatehouse = user('gatehouse');
  readonly compliance = user('compliance');
  readonly rooms = new Map<RoomId, Room>();
  readonly ghosts = new Map<UserId, string>();
  /** The media repository, by address. */
  readonly files = new Map<string, Uint8Array>();
  /** Events that the streams have not brought yet. */
  readonly unseen: MatrixEvent[] = [];
  /** What new rooms get without being asked: Synapse's encryption_enabled_by_default_for_room_type. */
  encryptsRooms = false;
  readonly calls: string[] = [];
  readonly #clock: Pick<Clock, 'now'>;
  readonly #troubles: Trouble[] = [];
  readonly #transactions = new Map<string, EventId>();
  #count = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  isOurs(who: UserId): boolean {
    const kind = kindOfUser(who, DOMAIN);
    return kind === 'ghost' || kind === 'bot';
  }

  /** The next call of this name fails. */
  fail(
    call: string,
    failure: HomeserverFailure,
    more: { done?: boolean; when?: (what: string) => boolean } = {},
  ): void {
    this.#troubles.push({ call, failure, done: more.done ?? false, when: more.when ?? (() => true) });
  }

  /** Forgets transactions, as Synapse does when it restarts. */
  forgetTransactions(): void {
    this.#transactions.clear();
  }

  /** A client that is not ours writes. */
  write(from: UserId, room: RoomId, event: { type?: string; content: JsonObject; redacts?: EventId }): MatrixEvent {
    return this.#add({ sender: from, room_id: room, type: event.type ?? 'm.room.message', ...event });
  }

  membership(room: RoomId, who: UserId, membership: string, by: UserId = who): MatrixEvent {
    this.rooms.get(room)?.members.set(who, membership);
    const state = { type: 'm.room.member', state_key: who, content: { membership } };
    return this.#add({ sender: by, room_id: room, ...state });
  }

  async #do<T>(call: string, what: string, act: () => T): Done<T> {
    await Promise.resolve();
    this.calls.push(call);
    const at = this.#troubles.findIndex((trouble) => trouble.call === call && trouble.when(what));
    const [trouble] = at === -1 ? [] : this.#troubles.splice(at, 1);
    if (trouble !== undefined && !trouble.done) return err(trouble.failure);
    const done = act();
    return trouble === undefined ? ok(done) : err(trouble.failure);
  }

  #add(event: Omit<MatrixEvent, 'event_id' | 'origin_server_ts'>): MatrixEvent {
    this.#count += 1;
    const event_id = must(parseEventId(`$e${this.#count}`));
    const whole = { ...event, event_id, origin_server_ts: this.#clock.now() };
    this.rooms.get(event.room_id)?.events.push(whole);
    this.unseen.push(whole);
    return whole;
  }

  async send(event: SendEvent): Done<EventId> {
    const { as, room, type, content, source, part } = event;
    if (this.rooms.get(room)?.members.get(as) !== 'join')
      return err({ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not in the room' });
    return this.#do('send', `${type} ${part}`, () => {
      const transaction = `${as} ${room} ${source} ${part}`;
      const known = this.#transactions.get(transaction);
      if (known !== undefined) return known;
      const whole = { ...content, 'org.gatehouse.source': { position: source, part } };
      const { event_id } = this.#add({ sender: as, room_id: room, type, content: whole });
      this.#transactions.set(transaction, event_id);
      return event_id;
    });
  }

  findEcho(sent: Pick<SendEvent, 'as' | 'room' | 'source' | 'part'>): Done<EventId | undefined> {
    return this.#do('findEcho', sent.part, () => {
      const wanted = JSON.stringify({ position: sent.source, part: sent.part });
      const events = this.rooms.get(sent.room)?.events ?? [];
      return events.find(
        (event) => event.sender === sent.as && JSON.stringify(event.content['org.gatehouse.source']) === wanted,
      )?.event_id;
    });
  }

  redact(redaction: { as: UserId; room: RoomId; event: EventId }): Done<EventId> {
    return this.#do('redact', redaction.event, () => {
      const room = this.rooms.get(redaction.room);
      const at = room?.events.findIndex((event) => event.event_id === redaction.event) ?? -1;
      if (at >= 0) room?.events.splice(at, 1);
      const { as: sender, room: room_id, event: redacts } = redaction;
      return this.#add({ sender, room_id, type: 'm.room.redaction', content: {}, redacts }).event_id;
    });
  }

  setState(state: { as: UserId; room: RoomId; type: string; stateKey: string; content: JsonObject }): Done<EventId> {
    return this.#do('setState', state.type, () => {
      this.rooms.get(state.room)?.state.set(`${state.type} ${state.stateKey}`, state.content);
      const { type, content, stateKey: state_key } = state;
      return this.#add({ sender: state.as, room_id: state.room, type, content, state_key }).event_id;
    });
  }

  state(at: { room: RoomId; type: string; stateKey: string }): Done<JsonObject | undefined> {
    return this.#do('state', at.type, () => this.rooms.get(at.room)?.state.get(`${at.type} ${at.stateKey}`));
  }

  createRoom(made: NewRoom): Done<RoomId> {
    return this.#do('createRoom', made.name, () => {
      const id = must(parseRoomId(`!r${this.rooms.size + 1}:${DOMAIN}`));
      const room: Room = { made, events: [], members: new Map(), state: new Map() };
      this.rooms.set(id, room);
      this.membership(id, made.as, 'join');
      for (const { type, state_key, content } of made.initialState) room.state.set(`${type} ${state_key}`, content);
      if (this.encryptsRooms) room.state.set('m.room.encryption ', { algorithm: 'm.megolm.v1.aes-sha2' });
      for (const guest of made.invite) this.membership(id, guest, 'invite', made.as);
      return id;
    });
  }

  resolveAlias(): Done<RoomId | undefined> {
    return this.#do('resolveAlias', '', () => undefined);
  }

  findRoomMade(by: { as: UserId; key: string; value: string }): Done<RoomId | undefined> {
    return this.#do('findRoomMade', by.value, () => {
      const rooms = [...this.rooms].filter(([, room]) => room.members.get(by.as) === 'join');
      return rooms.find(([, room]) => room.made.creationContent[by.key] === by.value)?.[0];
    });
  }

  ensureGhost(ghost: { user: UserId; name: string }): Done<void> {
    return this.#do('ensureGhost', '', () => {
      this.ghosts.set(ghost.user, ghost.name);
    });
  }

  async ensureJoined(member: { as: UserId; room: RoomId; inviter: UserId }): Done<void> {
    if (this.rooms.get(member.room)?.members.get(member.inviter) !== 'join')
      return err({ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'the inviter is not in the room' });
    return this.#do('ensureJoined', '', () => {
      if (this.rooms.get(member.room)?.members.get(member.as) !== 'join')
        this.membership(member.room, member.as, 'join');
    });
  }

  invite(invite: { as: UserId; room: RoomId; user: UserId }): Done<void> {
    return this.#do('invite', '', () => {
      this.membership(invite.room, invite.user, 'invite', invite.as);
    });
  }

  members(): Done<readonly { user: UserId; membership: 'join' | 'invite' }[]> {
    return this.#do('members', '', () => []);
  }

  upload(): Done<string> {
    return this.#do('upload', '', () => 'mxc://acme.example/file');
  }

  /** In pieces of 10,000 bytes. */
  async download(file: Parameters<Homeserver['download']>[0]): Done<void> {
    const found = await this.#do('download', file.uri, () => this.files.get(file.uri));
    if (!found.ok) return found;
    const bytes = found.value;
    if (bytes === undefined) return err({ kind: 'not-found', errcode: 'M_NOT_FOUND', detail: 'no such file' });
    if (bytes.length > file.maxBytes) return err({ kind: 'too-large', detail: 'more bytes than asked for' });
    for (let at = 0; at < bytes.length; at += 10_000) await file.into(bytes.subarray(at, at + 10_000));
    return ok(undefined);
  }

  ping(): Done<{ ms: number }> {
    return this.#do('ping', '', () => ({ ms: 1 }));
  }
}

/** The draft that the front makes of an event, whichever stream brought it. */
export function eventDraft(event: MatrixEvent, stream: 'bridge' | 'archive' = 'bridge'): DraftOf<'matrix.event'> {
  const source = { system: 'matrix', id: event.event_id, sure: true };
  const raw = Buffer.from(JSON.stringify({ ...event, unsigned: { stream } }));
  const { room_id: room, sender: actor } = event;
  const at = must(parseMillis(event.origin_server_ts));
  return { kind: 'matrix.event', at, source, actor, room, raw, body: event };
}
