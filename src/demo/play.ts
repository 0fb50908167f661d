/** What the steps of the demo play with, and how they look at what was seen. */
import type { EventId, RoomId } from '../core/ids.ts';
import { must, parseEventId } from '../core/ids.ts';
import { bodyOf, type Client, type SeenEvent, type SeenRoom } from './client.ts';
import type { House } from './house.ts';

export interface Play {
  readonly house: House;
  readonly alice: Client;
  readonly olivia: Client;
  readonly omar: Client;
  /** Filled by the steps. */
  room?: RoomId;
  desk?: RoomId;
  /** The room whose records go soon. */
  lunch?: RoomId;
}

export interface Step {
  readonly title: string;
  /** Resolves with what was checked; rejects with what was not seen. */
  run(play: Play): Promise<string>;
}

/** Says a command at the desk and waits for its answer. */
export async function ask(play: Play, command: string, ms = 30_000): Promise<{ code: string; text: string }> {
  const { olivia } = play;
  const desk = await deskOf(play);
  const said = await olivia.say(desk, command);
  const answer = await olivia.until(
    `an answer to ${command}`,
    (rooms) => first(rooms, (one) => repliesTo(one, said) && one.content['org.gatehouse.answer'] !== undefined),
    ms,
  );
  const data = answer.event.content['org.gatehouse.answer'];
  const code = typeof data === 'object' && data !== null && 'code' in data ? data['code'] : undefined;
  return { code: typeof code === 'string' ? code : '', text: bodyOf(answer.event) };
}

export async function deskOf(play: Play): Promise<RoomId> {
  play.desk ??= await play.olivia.until(
    'the desk',
    (rooms) => rooms.find((room) => room.events.some((one) => isDesk(one)))?.id,
  );
  return play.desk;
}

function isDesk(one: SeenEvent): boolean {
  return one.type === 'm.room.canonical_alias' && one.content['alias'] === '#compliance:acme.example';
}

export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

export function roomOf(play: Play): RoomId {
  if (play.room === undefined) throw new Error('there is no chat with the customer yet');
  return play.room;
}

interface Found {
  readonly room: SeenRoom;
  readonly event: SeenEvent;
}

export function first(
  rooms: readonly SeenRoom[],
  look: (one: SeenEvent, room: SeenRoom) => boolean,
): Found | undefined {
  for (const room of rooms) {
    const event = room.events.find((one) => look(one, room));
    if (event !== undefined) return { room, event };
  }
  return undefined;
}

export function mentions(one: SeenEvent, person: Client): boolean {
  return JSON.stringify(one.content['m.mentions'] ?? {}).includes(person.user);
}

interface Relation {
  readonly event_id?: unknown;
  readonly key?: unknown;
}

export function isRelation(value: unknown): value is Relation {
  return typeof value === 'object' && value !== null;
}

export function keyOf(one: SeenEvent): string | undefined {
  const relates = one.content['m.relates_to'];
  const key = isRelation(relates) ? relates.key : undefined;
  return one.type === 'm.reaction' && typeof key === 'string' ? key : undefined;
}

export function reaction(rooms: readonly SeenRoom[], on: EventId, key?: string): Found | undefined {
  return first(rooms, (one) => {
    const relates = one.content['m.relates_to'];
    const target = isRelation(relates) ? relates.event_id : undefined;
    return target === on && keyOf(one) !== undefined && (key === undefined || keyOf(one) === key);
  });
}

export function repliesTo(one: SeenEvent, said: EventId): boolean {
  const relates = one.content['m.relates_to'];
  if (typeof relates !== 'object' || relates === null || !('m.in_reply_to' in relates)) return false;
  const to = relates['m.in_reply_to'];
  if (!isRelation(to)) return false;
  const id = parseEventId(to.event_id);
  return id.ok && must(id) === said;
}

export function lastLine(body: string): string {
  return body.trim().split('\n').at(-1) ?? '';
}
