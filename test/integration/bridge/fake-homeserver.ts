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
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type {
  Done,
  Homeserver,
  OwnReaction,
  HomeserverFailure,
  NewRoom,
  SendEvent,
} from '../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../src/core/result.ts';
import { kindOfUser } from '../../../src/bridge/people/our-users.ts';

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

/** All that a homeserver remembers, to go on with it in another process. */
export interface KeptHomeserver {
  readonly rooms: ReadonlyMap<RoomId, Room>;
  readonly ghosts: ReadonlyMap<UserId, string>;
  readonly unseen: readonly MatrixEvent[];
  readonly refused: ReadonlyMap<UserId, string>;
  readonly uninvitable: ReadonlySet<UserId>;
  readonly powerless: ReadonlySet<string>;
  readonly transactions: ReadonlyMap<string, EventId>;
  readonly count: number;
  readonly made: number;
}

const notIn = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not in the room' } as const;
const noPower = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not allowed' } as const;

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
  /** Accounts that an admin took out of use, by what the homeserver says when they act. */
  readonly refused = new Map<UserId, string>();
  /** Whom nobody can invite. */
  readonly uninvitable = new Set<UserId>();
  /** `room user`: who may not set state or invite there. */
  readonly powerless = new Set<string>();
  /** What an admin's token says of accounts; absent as long as there is none. */
  account?: NonNullable<Homeserver['account']>;
  takeCharge?: NonNullable<Homeserver['takeCharge']>;
  takeBack?: NonNullable<Homeserver['takeBack']>;
  readonly calls: string[] = [];
  /** While it is set, every call ends like this. */
  outage: HomeserverFailure | undefined;
  /** Called while a call is under way. */
  during: () => Promise<void> = () => Promise.resolve();
  /** Called when a call was done, before anybody is told. */
  done: () => void = () => undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #troubles: Trouble[] = [];
  readonly #always = new Map<string, HomeserverFailure>();
  readonly #transactions = new Map<string, EventId>();
  #count = 0;
  #made = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  keep(): KeptHomeserver {
    const { rooms, ghosts, unseen, refused, uninvitable, powerless } = this;
    const own = { transactions: this.#transactions, count: this.#count, made: this.#made };
    return { rooms, ghosts, unseen, refused, uninvitable, powerless, ...own };
  }

  /** Goes on from what another one remembered. */
  take(kept: KeptHomeserver): void {
    for (const [id, room] of kept.rooms) this.rooms.set(id, room);
    for (const [who, name] of kept.ghosts) this.ghosts.set(who, name);
    for (const [who, errcode] of kept.refused) this.refused.set(who, errcode);
    for (const who of kept.uninvitable) this.uninvitable.add(who);
    for (const one of kept.powerless) this.powerless.add(one);
    for (const [transaction, event] of kept.transactions) this.#transactions.set(transaction, event);
    this.unseen.push(...kept.unseen);
    this.#count = kept.count;
    this.#made = kept.made;
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

  /** Every call of this name fails until the answer is called. */
  failAlways(call: string, failure: HomeserverFailure): () => void {
    this.#always.set(call, failure);
    return () => {
      this.#always.delete(call);
    };
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

  /** State that a client that is not ours sets. */
  change(by: UserId, room: RoomId, state: { type: string; content: JsonObject; key?: string }): MatrixEvent {
    const { type, content, key = '' } = state;
    this.rooms.get(room)?.state.set(`${type} ${key}`, content);
    return this.#add({ sender: by, room_id: room, type, content, state_key: key });
  }

  /** An admin deletes it: everybody leaves in their own name, and it is no more. */
  deleteRoom(room: RoomId): void {
    for (const [who, membership] of this.rooms.get(room)?.members ?? []) {
      if (membership === 'join' || membership === 'invite') this.membership(room, must(parseUserId(who)), 'leave');
    }
    this.rooms.delete(room);
  }

  async #do<T>(call: string, what: string, act: () => T): Done<T> {
    await this.during();
    this.calls.push(call);
    const always = this.#always.get(call);
    if (always !== undefined) return err(always);
    if (this.outage !== undefined) return err(this.outage);
    const at = this.#troubles.findIndex((trouble) => trouble.call === call && trouble.when(what));
    const [trouble] = at === -1 ? [] : this.#troubles.splice(at, 1);
    if (trouble !== undefined && !trouble.done) return err(trouble.failure);
    const done = act();
    this.done();
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
    const errcode = this.refused.get(as);
    if (errcode !== undefined) return err({ kind: 'forbidden', errcode, detail: 'the account is out of use' });
    if (this.rooms.get(room)?.members.get(as) !== 'join') return err(notIn);
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

  ownReactions({ as, room, event }: Parameters<Homeserver['ownReactions']>[0]): Done<readonly OwnReaction[]> {
    return this.#do('ownReactions', event, () =>
      (this.rooms.get(room)?.events ?? []).flatMap(({ type, sender, content, event_id }) => {
        const relation = content['m.relates_to'];
        if (type !== 'm.reaction' || sender !== as || !isJsonObject(relation)) return [];
        return relation['event_id'] === event && typeof relation['key'] === 'string'
          ? [{ key: relation['key'], event: event_id }]
          : [];
      }),
    );
  }

  /** As `<who> <what>`: what was redacted, in the order in which it was. */
  readonly redacted: string[] = [];

  redact(redaction: { as: UserId; room: RoomId; event: EventId }): Done<EventId> {
    return this.#do('redact', redaction.event, () => {
      const room = this.rooms.get(redaction.room);
      const at = room?.events.findIndex((event) => event.event_id === redaction.event) ?? -1;
      if (at >= 0) room?.events.splice(at, 1);
      this.redacted.push(`${redaction.as} ${redaction.event}`);
      const { as: sender, room: room_id, event: redacts } = redaction;
      return this.#add({ sender, room_id, type: 'm.room.redaction', content: {}, redacts }).event_id;
    });
  }

  async setState(state: Parameters<Homeserver['setState']>[0]): Done<EventId> {
    const { as, room: id, stateKey: key } = state;
    const membership = state.content['membership'];
    const room = this.rooms.get(id);
    const own = state.type === 'm.room.member' && key === as;
    if (room === undefined || (!own && room.members.get(as) !== 'join')) return err(notIn);
    if (!own && this.powerless.has(`${id} ${as}`)) return err(noPower);
    return this.#do('setState', state.type, () => {
      if (state.type === 'm.room.member' && typeof membership === 'string') room.members.set(key, membership);
      this.rooms.get(state.room)?.state.set(`${state.type} ${state.stateKey}`, state.content);
      const { type, content, stateKey: state_key } = state;
      return this.#add({ sender: state.as, room_id: state.room, type, content, state_key }).event_id;
    });
  }

  async state(at: { as: UserId; room: RoomId; type: string; stateKey: string }): Done<JsonObject | undefined> {
    const room = this.rooms.get(at.room);
    if (room?.members.get(at.as) === undefined) return err(notIn);
    return this.#do('state', at.type, () => {
      const membership = at.type === 'm.room.member' ? room.members.get(at.stateKey) : undefined;
      return membership === undefined ? room.state.get(`${at.type} ${at.stateKey}`) : { membership };
    });
  }

  async createRoom(made: NewRoom): Done<RoomId> {
    // As Synapse does it: the room is there, and the answer is that of the guest.
    const unwelcome = made.invite.some((guest) => this.uninvitable.has(guest));
    const done = await this.#create({ ...made, invite: unwelcome ? [] : made.invite });
    return done.ok && unwelcome ? err(noPower) : done;
  }

  #create(made: NewRoom): Done<RoomId> {
    return this.#do('createRoom', made.name, () => {
      this.#made += 1;
      const id = must(parseRoomId(`!r${this.#made}:${DOMAIN}`));
      const room: Room = { made, events: [], members: new Map(), state: new Map() };
      this.rooms.set(id, room);
      this.membership(id, made.as, 'join');
      room.state.set('m.room.create ', { room_version: '12', ...made.creationContent });
      room.state.set('m.room.name ', { name: made.name });
      room.state.set('m.room.power_levels ', made.powerLevels ?? {});
      for (const { type, state_key, content } of made.initialState) room.state.set(`${type} ${state_key}`, content);
      if (this.encryptsRooms) room.state.set('m.room.encryption ', { algorithm: 'm.megolm.v1.aes-sha2' });
      for (const guest of made.invite) this.membership(id, guest, 'invite', made.as);
      return id;
    });
  }

  resolveAlias(): Done<RoomId | undefined> {
    return this.#do('resolveAlias', '', () => undefined);
  }

  findRoomMade(by: Parameters<Homeserver['findRoomMade']>[0]): Done<RoomId | undefined> {
    return this.#do('findRoomMade', by.value, () => {
      const rooms = [...this.rooms].filter(
        ([id, room]) => room.members.get(by.as) === 'join' && by.except?.includes(id) !== true,
      );
      return rooms.find(([, room]) => room.made.creationContent[by.key] === by.value)?.[0];
    });
  }

  ensureGhost(ghost: { user: UserId; name: string; again?: boolean }): Done<void> {
    return this.#do('ensureGhost', '', () => {
      this.ghosts.set(ghost.user, ghost.name);
    });
  }

  async ensureJoined(member: { as: UserId; room: RoomId; inviter: UserId }): Done<void> {
    const errcode = this.refused.get(member.as);
    if (errcode !== undefined) return err({ kind: 'forbidden', errcode, detail: 'the account is out of use' });
    const before = this.rooms.get(member.room)?.members.get(member.as);
    if (before === 'ban' || !(this.#isOpen(member) || this.#canInvite(member))) return err(notIn);
    return this.#do('ensureJoined', '', () => {
      if (before !== 'join') this.membership(member.room, member.as, 'join');
    });
  }

  #isOpen({ as, room: id }: { as: UserId; room: RoomId }): boolean {
    const room = this.rooms.get(id);
    const before = room?.members.get(as);
    return (
      before === 'join' || before === 'invite' || room?.state.get('m.room.join_rules ')?.['join_rule'] === 'public'
    );
  }

  #canInvite({ inviter, room }: { inviter: UserId; room: RoomId }): boolean {
    return this.rooms.get(room)?.members.get(inviter) === 'join' && !this.powerless.has(`${room} ${inviter}`);
  }

  async invite(invite: { as: UserId; room: RoomId; user: UserId }): Done<void> {
    const { as, room, user: guest } = invite;
    if (this.rooms.get(room)?.members.get(as) !== 'join') return err(notIn);
    if (this.powerless.has(`${room} ${as}`) || this.uninvitable.has(guest)) return err(noPower);
    return this.#do('invite', guest, () => {
      this.membership(room, guest, 'invite', as);
    });
  }

  members(): Done<readonly { user: UserId; membership: 'join' | 'invite' }[]> {
    return this.#do('members', '', () => []);
  }

  /** Of a file that is read as it goes, the bytes are kept under an address of its own. */
  async upload(file: Parameters<Homeserver['upload']>[0]): Done<string> {
    const { bytes } = file;
    if (bytes instanceof Uint8Array) return this.#do('upload', file.name, () => 'mxc://acme.example/file');
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes.open()) pieces.push(piece);
    return this.#do('upload', file.name, () => {
      const url = `mxc://acme.example/upload-${this.files.size + 1}`;
      this.files.set(url, Buffer.concat(pieces));
      return url;
    });
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
