/**
 * The simulated homeserver: rooms, members, events, and the part of the client-server API that the bridge uses. It
 * remembers transactions as Synapse does: by appservice and path alone, whoever the ghost is, and not after a restart.
 */
import { MatrixError } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { kindOfUser } from '../../../src/bridge/people/our-users.ts';
import { DOMAIN } from './house-rules.ts';

export interface SynapseEvent {
  readonly event_id: string;
  readonly type: string;
  readonly room_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly redacts?: string;
  /** Emptied when the event is redacted. */
  content: JsonObject;
  /** What it said before that: what a judge remembers. */
  readonly said: JsonObject;
  /** Made under a transaction id that had made another event before the homeserver forgot. */
  readonly afterForgetting: boolean;
  /** Its request arrived after the process that had sent it was dead. */
  readonly outlived: boolean;
  redacted: boolean;
}

interface Room {
  readonly id: string;
  /** Asked for by a process that was dead when it was made. */
  readonly outlived: boolean;
  readonly events: SynapseEvent[];
  readonly members: Map<string, string>;
  readonly state: Map<string, JsonObject>;
}

export type Service = 'bridge' | 'archive';

/** Plain values, so that a template can be copied. */
interface Held {
  count: number;
  readonly rooms: Map<string, Room>;
  readonly users: Map<string, string>;
  readonly transactions: Map<string, string>;
  /** Transactions of earlier lives. */
  readonly forgotten: Set<string>;
  /** What each appservice is to be told, in order. */
  readonly streams: Record<Service, SynapseEvent[]>;
}

type NewEvent = Pick<SynapseEvent, 'type' | 'room_id' | 'sender' | 'content' | 'state_key' | 'redacts'> & {
  readonly transaction?: string;
  readonly outlived?: boolean;
};

export interface Call {
  readonly as: string;
  readonly method: string;
  /** Its parts behind `/_matrix/client/v3`, unescaped. */
  readonly path: readonly string[];
  readonly body: JsonObject;
  /** Nobody waits for the answer any more. */
  readonly outlived?: boolean;
}

const newRoom = z.object({
  creation_content: z.custom<JsonObject>(isJsonObject),
  invite: z.array(z.string()),
  initial_state: z.array(
    z.object({ type: z.string(), state_key: z.string(), content: z.custom<JsonObject>(isJsonObject) }),
  ),
});
const annotation = z.object({ 'm.relates_to': z.object({ event_id: z.string(), key: z.string() }) });

export class Synapse {
  readonly #clock: Clock;
  readonly #held: Held;

  constructor(clock: Clock, template?: Synapse) {
    this.#clock = clock;
    this.#held = template === undefined ? nothing() : copyOf(template.#held);
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#held.rooms;
  }

  stream(service: Service): readonly SynapseEvent[] {
    return this.#held.streams[service];
  }

  /** The process ends and begins again: what it knew of transactions is gone. */
  restart(): void {
    for (const transaction of this.#held.transactions.keys()) this.#held.forgotten.add(transaction);
    this.#held.transactions.clear();
  }

  /** What a client that is not ours does. */
  write(event: NewEvent): SynapseEvent {
    return this.#add(event);
  }

  /** A room among staff, which only the archive sees. */
  makeRoom(creator: string): string {
    return this.#createRoom({ as: creator, body: { creation_content: {}, invite: [], initial_state: [] } });
  }

  join(room: string, who: string): void {
    this.#member(room, who, 'join', who);
  }

  /** @throws MatrixError as Synapse answers */
  handle(call: Call): JsonObject {
    const [first = '', second = '', third = ''] = call.path;
    if (first !== 'rooms') return this.#answer(this.#calls, `${call.method} ${first}`, { ...call, subject: second });
    const room = this.rooms.get(second);
    if (room?.members.get(call.as) !== 'join') throw refusal(403, 'M_FORBIDDEN');
    return this.#answer(this.#roomCalls, `${call.method} ${third}`, { ...call, room });
  }

  #answer<C>(routes: Readonly<Record<string, (call: C) => JsonObject>>, route: string, call: C): JsonObject {
    const answer = routes[route];
    if (answer === undefined) throw refusal(404, 'M_UNRECOGNIZED');
    return answer(call);
  }

  readonly #calls: Readonly<Record<string, (call: Call & { readonly subject: string }) => JsonObject>> = {
    'POST register': (call) => this.#register(call),
    'GET profile': ({ subject }) => ({ displayname: this.#held.users.get(subject) }),
    'PUT profile': ({ subject, body }) => {
      this.#held.users.set(subject, textOf(body['displayname']));
      return {};
    },
    'GET capabilities': () => ({ capabilities: { 'm.room_versions': { default: '10' } } }),
    'GET joined_rooms': ({ as }) => ({ joined_rooms: [...this.rooms.values()].filter(has(as)).map((room) => room.id) }),
    'POST createRoom': (call) => ({ room_id: this.#createRoom(call) }),
    'POST join': (call) => this.#join(call, call.subject),
  };

  readonly #roomCalls: Readonly<Record<string, (call: Call & { readonly room: Room }) => JsonObject>> = {
    'PUT send': (call) =>
      this.#once(call, () => this.#send(call.room, { type: behind(call)[0], sender: call.as, content: call.body })),
    'PUT redact': (call) =>
      this.#once(call, () => {
        const redaction = { type: 'm.room.redaction', room_id: call.room.id, redacts: behind(call)[0] };
        return { ...redaction, sender: call.as, content: call.body };
      }),
    'GET messages': ({ as, room }) => {
      const own = room.events.filter((event) => event.sender === as);
      return { chunk: own.toReversed().map(listed) };
    },
    'GET state': (call) => stateOf(call.room, ...behind(call)),
    'PUT state': (call) => this.#setState(call.room, call),
    'POST invite': ({ as, room, body }) => {
      this.#member(room.id, textOf(body['user_id']), 'invite', as);
      return {};
    },
  };

  #register(call: Call): JsonObject {
    const user = `@${textOf(call.body['username'])}:${DOMAIN}`;
    if (this.#held.users.has(user)) throw refusal(400, 'M_USER_IN_USE');
    this.#held.users.set(user, '');
    return { user_id: user };
  }

  /** One event for one transaction id, for as long as this life lasts. */
  #once(call: Call, make: () => NewEvent): JsonObject {
    const transaction = call.path.join('/');
    const known = this.#held.transactions.get(transaction);
    if (known !== undefined) return { event_id: known };
    const { event_id } = this.#add({ ...make(), transaction, outlived: call.outlived === true });
    this.#held.transactions.set(transaction, event_id);
    return { event_id };
  }

  #send(room: Room, event: Pick<NewEvent, 'type' | 'sender' | 'content'>): NewEvent {
    const wanted = event.type === 'm.reaction' ? keyOf(event.content) : undefined;
    const stands = room.events.some(
      (other) => other.sender === event.sender && wanted !== undefined && keyOf(other.content) === wanted,
    );
    if (stands) throw refusal(400, 'M_DUPLICATE_ANNOTATION');
    return { ...event, room_id: room.id };
  }

  #setState(room: Room, call: Call): JsonObject {
    const [type, key] = behind(call);
    room.state.set(`${type} ${key}`, call.body);
    return {
      event_id: this.#add({ type, room_id: room.id, sender: call.as, content: call.body, state_key: key }).event_id,
    };
  }

  /** Of a new room's state only what something follows from is told: who made it, and who is in it. */
  #createRoom({ as, body, outlived = false }: Pick<Call, 'as' | 'body' | 'outlived'>): string {
    const given = newRoom.parse(body);
    const id = `!r${String(this.rooms.size + 1)}:${DOMAIN}`;
    const state = new Map([
      ['m.room.create ', given.creation_content],
      ...given.initial_state.map(({ type, state_key, content }) => [`${type} ${state_key}`, content] as const),
    ]);
    this.#held.rooms.set(id, { id, outlived, events: [], members: new Map(), state });
    this.#member(id, as, 'join', as);
    for (const guest of given.invite) this.#member(id, guest, 'invite', as);
    return id;
  }

  #join(call: Call, room: string): JsonObject {
    const membership = this.rooms.get(room)?.members.get(call.as);
    if (membership === undefined) throw refusal(403, 'M_FORBIDDEN');
    if (membership !== 'join') this.#member(room, call.as, 'join', call.as);
    return { room_id: room };
  }

  #member(room_id: string, who: string, membership: string, sender: string): void {
    this.rooms.get(room_id)?.members.set(who, membership);
    this.rooms.get(room_id)?.state.set(`m.room.member ${who}`, { membership });
    this.#add({ type: 'm.room.member', room_id, sender, state_key: who, content: { membership } });
  }

  #add({ transaction = '', outlived = false, ...event }: NewEvent): SynapseEvent {
    this.#held.count += 1;
    const { content } = event;
    const made: SynapseEvent = {
      ...event,
      event_id: `$e${String(this.#held.count)}`,
      origin_server_ts: this.#clock.now(),
      said: content,
      afterForgetting: this.#held.forgotten.has(transaction),
      outlived,
      redacted: false,
    };
    const room = this.rooms.get(event.room_id);
    room?.events.push(made);
    const target = room?.events.find((other) => other.event_id === event.redacts);
    if (target !== undefined) Object.assign(target, { content: {}, redacted: true });
    for (const service of servicesOf(room)) this.#held.streams[service].push({ ...made });
    return made;
  }
}

/** What stands in the path behind the room and the word. */
function behind({ path }: Pick<Call, 'path'>): readonly [string, string] {
  const [, , , first = '', second = ''] = path;
  return [first, second];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nothing(): Held {
  return {
    count: 0,
    rooms: new Map(),
    users: new Map(),
    transactions: new Map(),
    forgotten: new Set(),
    streams: { bridge: [], archive: [] },
  };
}

/** Events are copied because a redaction changes them; what they say is never changed, only replaced. */
function copyOf({ count, rooms, users, transactions, forgotten, streams }: Held): Held {
  const events = (list: readonly SynapseEvent[]): SynapseEvent[] => list.map((event) => ({ ...event }));
  return {
    count,
    rooms: new Map(
      [...rooms].map(([id, room]) => [
        id,
        { ...room, events: events(room.events), members: new Map(room.members), state: new Map(room.state) },
      ]),
    ),
    users: new Map(users),
    transactions: new Map(transactions),
    forgotten: new Set(forgotten),
    streams: { bridge: events(streams.bridge), archive: events(streams.archive) },
  };
}

/** The archive sees every room, the bridge those of its own users. */
function servicesOf(room: Room | undefined): readonly Service[] {
  const ours = [...(room?.members.keys() ?? [])].some((who) => ['ghost', 'bot'].includes(kindOfUser(who, DOMAIN)));
  return ours ? ['bridge', 'archive'] : ['archive'];
}

function listed({ event_id, origin_server_ts, content }: SynapseEvent): JsonObject {
  return { event_id, origin_server_ts, content };
}

function has(who: string): (room: Room) => boolean {
  return (room) => room.members.get(who) === 'join';
}

function stateOf(room: Room, type: string, key: string): JsonObject {
  const content = room.state.get(`${type} ${key}`);
  if (content === undefined) throw refusal(404, 'M_NOT_FOUND');
  return content;
}

/** What an annotation says, and of which event. */
function keyOf(content: JsonObject): string | undefined {
  const read = annotation.safeParse(content);
  return read.success ? `${read.data['m.relates_to'].event_id} ${read.data['m.relates_to'].key}` : undefined;
}

export function refusal(status: number, errcode: string, retryAfterMs?: number): MatrixError {
  const more = retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs };
  return new MatrixError({ errcode, error: errcode, ...more }, status, {});
}
