/** A homeserver in memory: rooms with members and state, events kept once per transaction, failures on demand. */
import {
  must,
  parseEventId,
  parseRoomId,
  parseUserId,
  type EventId,
  type RoomAlias,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Done, Homeserver, HomeserverFailure, NewRoom, SendEvent } from '../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../src/core/result.ts';

export interface FakeRoom {
  readonly id: RoomId;
  readonly made?: NewRoom;
  readonly members: Map<UserId, 'join' | 'invite'>;
  readonly state: Map<string, JsonObject>;
}

export interface Kept extends SendEvent {
  readonly event: EventId;
}

type Call = 'send' | 'createRoom' | 'members' | 'upload' | 'download' | 'ensureJoined';

export class FakeHomeserver implements Homeserver {
  readonly domain = 'acme.example';
  readonly gatehouse = must(parseUserId('@gatehouse:acme.example'));
  readonly compliance = must(parseUserId('@compliance:acme.example'));
  readonly rooms = new Map<RoomId, FakeRoom>();
  readonly sent: Kept[] = [];
  readonly uploads: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  readonly aliases = new Map<RoomAlias, RoomId>();
  /** The next calls of this name fail so, one after the other; `after`: it is done all the same. */
  readonly failures: { readonly call: Call; readonly failure: HomeserverFailure; readonly after?: boolean }[] = [];
  #next = 0;

  isOurs(user: UserId): boolean {
    return user === this.gatehouse || user === this.compliance || user.startsWith('@_gh_');
  }

  addRoom(members: readonly UserId[], id = this.#newRoomId()): FakeRoom {
    const room: FakeRoom = { id, members: new Map(members.map((user) => [user, 'join'])), state: new Map() };
    this.rooms.set(id, room);
    room.state.set('m.room.join_rules ', { join_rule: 'invite' });
    return room;
  }

  sentIn(room: RoomId): readonly Kept[] {
    return this.sent.filter((event) => event.room === room);
  }

  async send(event: SendEvent): Done<EventId> {
    const failed = this.#fails('send');
    if (failed !== undefined && failed.after !== true) return err(failed.failure);
    const again = this.sent.find((one) => sameSend(one, event));
    const kept = again ?? { ...event, event: must(parseEventId(`$sent${(this.#next += 1)}`)) };
    if (again === undefined) this.sent.push(kept);
    return Promise.resolve(failed === undefined ? ok(kept.event) : err(failed.failure));
  }

  ownReactions(): Done<readonly never[]> {
    return Promise.resolve(ok([]));
  }

  findEcho(sent: Pick<SendEvent, 'as' | 'room' | 'source' | 'part'>): Done<EventId | undefined> {
    return Promise.resolve(ok(this.sent.find((one) => sameSend(one, sent))?.event));
  }

  redact(): Done<EventId> {
    return Promise.resolve(ok(must(parseEventId('$redaction'))));
  }

  setState(set: Parameters<Homeserver['setState']>[0]): Done<EventId> {
    this.rooms.get(set.room)?.state.set(`${set.type} ${set.stateKey}`, set.content);
    return Promise.resolve(ok(must(parseEventId('$state'))));
  }

  state(at: Parameters<Homeserver['state']>[0]): Done<JsonObject | undefined> {
    return Promise.resolve(ok(this.rooms.get(at.room)?.state.get(`${at.type} ${at.stateKey}`)));
  }

  createRoom(made: NewRoom): Done<RoomId> {
    const failed = this.#fails('createRoom');
    if (failed !== undefined && failed.after !== true) return Promise.resolve(err(failed.failure));
    const id = this.#newRoomId();
    const members = new Map<UserId, 'join' | 'invite'>([[made.as, 'join']]);
    for (const user of made.invite) members.set(user, 'invite');
    const state = new Map(made.initialState.map((event) => [`${event.type} ${event.state_key}`, event.content]));
    state.set('m.room.power_levels ', { ...made.powerLevels, users: { [made.as]: 100 } });
    this.rooms.set(id, { id, made, members, state });
    if (made.alias !== undefined) this.aliases.set(made.alias, id);
    return Promise.resolve(failed === undefined ? ok(id) : err(failed.failure));
  }

  resolveAlias(alias: RoomAlias): Done<RoomId | undefined> {
    return Promise.resolve(ok(this.aliases.get(alias)));
  }

  dropAlias({ alias }: { readonly alias: RoomAlias }): Done<void> {
    this.aliases.delete(alias);
    return Promise.resolve(ok(undefined));
  }

  findRoomMade(by: Parameters<Homeserver['findRoomMade']>[0]): Done<RoomId | undefined> {
    const found = [...this.rooms.values()].find(
      ({ made }) => made?.as === by.as && made.creationContent[by.key] === by.value,
    );
    return Promise.resolve(ok(found?.id));
  }

  ensureGhost(): Done<void> {
    return Promise.resolve(ok(undefined));
  }

  ensureJoined(member: Parameters<Homeserver['ensureJoined']>[0]): Done<void> {
    const failed = this.#fails('ensureJoined');
    if (failed !== undefined) return Promise.resolve(err(failed.failure));
    this.rooms.get(member.room)?.members.set(member.as, 'join');
    return Promise.resolve(ok(undefined));
  }

  invite(invite: Parameters<Homeserver['invite']>[0]): Done<void> {
    this.rooms.get(invite.room)?.members.set(invite.user, 'invite');
    return Promise.resolve(ok(undefined));
  }

  members(of: Parameters<Homeserver['members']>[0]): ReturnType<Homeserver['members']> {
    const failed = this.#fails('members');
    if (failed !== undefined) return Promise.resolve(err(failed.failure));
    const members = this.rooms.get(of.room)?.members ?? new Map<UserId, 'join' | 'invite'>();
    return Promise.resolve(ok([...members].map(([user, membership]) => ({ user, membership }))));
  }

  upload(file: Parameters<Homeserver['upload']>[0]): Done<string> {
    const failed = this.#fails('upload');
    if (failed !== undefined) return Promise.resolve(err(failed.failure));
    if (!(file.bytes instanceof Uint8Array)) throw new Error('nothing here uploads piece by piece');
    this.uploads.push({ name: file.name, bytes: file.bytes });
    return Promise.resolve(ok(`mxc://acme.example/file${this.uploads.length}`));
  }

  /** What lies in the media repository, by its address. */
  readonly files = new Map<string, string>();

  async download({ uri, into }: Parameters<Homeserver['download']>[0]): Done<void> {
    const failed = this.#fails('download');
    if (failed !== undefined) return err(failed.failure);
    const file = this.files.get(uri);
    if (file === undefined) return err({ kind: 'not-found', errcode: 'M_NOT_FOUND', detail: 'no such file' });
    await into(Buffer.from(file));
    return ok(undefined);
  }

  ping(): Done<{ readonly ms: number }> {
    return Promise.resolve(ok({ ms: 1 }));
  }

  #fails(call: Call): { readonly failure: HomeserverFailure; readonly after?: boolean } | undefined {
    const at = this.failures.findIndex((failure) => failure.call === call);
    return at === -1 ? undefined : this.failures.splice(at, 1)[0];
  }

  #newRoomId(): RoomId {
    return must(parseRoomId(`!made${(this.#next += 1)}:acme.example`));
  }
}

function sameSend(a: Pick<SendEvent, 'as' | 'room' | 'source' | 'part'>, b: typeof a): boolean {
  return a.as === b.as && a.room === b.room && a.source === b.source && a.part === b.part;
}
