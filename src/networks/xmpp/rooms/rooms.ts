/** The rooms that lines are in: joins them, comes back to them, and hears what is written there. */
import { must, parseAddress, type Address } from '../../../core/ids.ts';
import type { ConnectorContext, NetworkEvent } from '../../../core/ports/connector.ts';
import type { ChatRef } from '../../../core/ports/outbound.ts';
import { sentAt, type Arrival } from '../arrival.ts';
import type { Flights } from '../flights.ts';
import type { Iqs } from '../iqs.ts';
import { addressOf, bareOf, fullOf, readJid, type Jid } from '../jid.ts';
import { KeyedOrder } from '../../keyed-order.ts';
import type { Lines } from '../lines.ts';
import { chatKey, eventIdOf, remoteIdOf } from '../message-ids.ts';
import { ns } from '../namespaces.ts';
import type { Naming } from '../personal-event.ts';
import type { Recorder } from '../recorder.ts';
import { delayOf, idAttr, writersId, type Invitation } from '../stanzas/payload.ts';
import type { TalkNotes } from '../talk-notes.ts';
import { childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts';
import { Attendance } from './attendance.ts';
import { moderation, roomEvent, roomIdOf } from './room-event.ts';
import { readRoomNote, Room, roomPrefix, type RoomWish } from './room.ts';

export interface RoomsOptions {
  readonly ctx: ConnectorContext;
  readonly lines: Lines;
  readonly wishes: readonly RoomWish[];
  readonly acceptInvitations: boolean;
  readonly iqs: Iqs;
  readonly recorder: Recorder;
  readonly naming: Naming;
  readonly flights: Flights;
  readonly notes: TalkNotes;
  readonly write: (stanza: XmlElement) => boolean;
}

/** Rooms of all lines; further invitations are recorded and not followed. */
const maxRooms = 500;

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #order = new KeyedOrder();
  readonly #attendance: Attendance;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#attendance = new Attendance({ ...options, gone: (room) => this.#rooms.delete(room.key) });
    for (const wish of options.wishes) this.#add(new Room(wish));
  }

  /** Takes in what an earlier process noted. */
  async load(): Promise<void> {
    for (const { value } of await this.#options.ctx.kv.list(roomPrefix)) {
      const kept = readRoomNote(value);
      if (kept === undefined || !this.#options.lines.all.includes(kept.wish.line)) continue;
      const known = this.#rooms.get(kept.key);
      if (known !== undefined) known.recall(kept);
      // A room that the config no longer names is left.
      else if (!kept.wish.configured) this.#add(kept);
    }
  }

  connected(): void {
    for (const room of this.#rooms.values()) this.#attendance.join(room);
  }

  disconnected(): void {
    this.#attendance.stop();
    for (const room of this.#rooms.values()) room.emptied();
  }

  stop(): void {
    this.#attendance.stop();
  }

  farewell(): void {
    for (const room of this.#rooms.values()) this.#attendance.leave(room);
  }

  isRoom({ from, to }: ChatRef): boolean {
    return this.#rooms.has(chatKey(from, to));
  }

  isJoined({ from, to }: ChatRef): boolean {
    return this.#rooms.get(chatKey(from, to))?.state === 'in';
  }

  /** A person's place in a room, to whom is written through it. */
  isOccupant({ from, to }: ChatRef): boolean {
    const jid = readJid(to);
    return jid !== undefined && jid.resource !== '' && this.#at(from, jid) !== undefined;
  }

  /** The chat of what a person writes to the line by themselves: their place in a room where they write through one. */
  personalChat({ from, line }: Pick<Arrival, 'from' | 'line'>): Address | undefined {
    return addressOf(this.#at(line, from) === undefined ? bareOf(from) : fullOf(from));
  }

  /** @returns whether it is of a room. */
  presence(stanza: XmlElement, line: Address, from: Jid): boolean {
    const room = this.#at(line, from);
    if (room === undefined) return false;
    this.#attendance.heard(stanza, room, from.resource);
    return true;
  }

  /** A message of type groupchat. One of a room that we are not in says nothing to us. */
  async message(arrival: Arrival): Promise<void> {
    const room = this.#at(arrival.line, arrival.from);
    if (room === undefined) return;
    await this.#order.run(room.key, () => this.#message(arrival, room));
  }

  /** On record as words of who invited; then the line goes there, where the config wants it. */
  async invited(arrival: Arrival, invitation: Invitation): Promise<void> {
    const { recorder, naming } = this.#options;
    const by = readJid(invitation.by);
    const place = readJid(invitation.room);
    const [chat, room] = [by, place].map((jid) => (jid === undefined ? undefined : addressOf(bareOf(jid))));
    if (chat === undefined || room === undefined) return;
    const { line, stanza, raw } = arrival;
    const reason = invitation.reason === undefined ? '' : `: ${invitation.reason}`;
    const message = { from: chat, to: line, service: true, text: `Invitation to the room ${room}${reason}` };
    const own = writersId(stanza) ?? naming.ids.likeness(raw);
    const id = eventIdOf('invite', chatKey(line, chat), own);
    const at = sentAt(stanza, naming.clock);
    const sure = writersId(stanza) !== undefined;
    const invited = this.#follows(line, room) ? this.#invitedTo(line, room, invitation) : undefined;
    const kv = invited === undefined ? [] : [invited.remembered()];
    const recorded = await recorder.event({ kind: 'message', message, id, sure, at, raw }, kv);
    if (!recorded || invited === undefined) return;
    this.#add(invited);
    this.#attendance.join(invited);
  }

  #follows(line: Address, room: Address): boolean {
    return this.#options.acceptInvitations && this.#rooms.size < maxRooms && !this.#rooms.has(chatKey(line, room));
  }

  #invitedTo(line: Address, room: Address, { password }: Invitation): Room {
    const secret = password === undefined ? {} : { password };
    return new Room({ line, room, nick: this.#options.lines.nameOf(line), configured: false, ...secret });
  }

  #add(room: Room): void {
    this.#rooms.set(room.key, room);
  }

  #at(line: Address, from: Jid): Room | undefined {
    return this.#rooms.get(chatKey(line, bareOf(from)));
  }

  async #message(arrival: Arrival, room: Room): Promise<void> {
    const { naming, recorder, notes, ctx } = this.#options;
    const { stanza, from } = arrival;
    if (from.resource === '') return this.#fromRoom(arrival, room);
    if (from.resource === room.nick && (await this.#isEcho(arrival, room))) return;
    this.#typing(arrival, room);
    if (isSubject(stanza)) return this.#subject(arrival, room);
    const toRecord = roomEvent(arrival, room, naming);
    if (toRecord === undefined || isOld(arrival, room, toRecord.event)) return;
    if (!(await recorder.event(toRecord.event, toRecord.kv))) {
      ctx.log.warn('xmpp.room-not-recorded');
      return;
    }
    room.seen = Math.max(room.seen ?? 0, naming.clock.now());
    notes.markable(stanza, toRecord.remoteId);
  }

  /** Our own message as the room shows it: it tells that the room has it, and what it calls it. */
  async #isEcho(arrival: Arrival, room: Room): Promise<boolean> {
    const { naming, flights, recorder } = this.#options;
    const id = idAttr(arrival.stanza);
    if (id === undefined || !naming.ids.areOurs(id, room.key)) return false;
    const given = roomIdOf(arrival, room) ?? id;
    if (flights.echoed(id, room.key, given)) return true;
    // Its sending was given up: what it was called then is on record with it.
    const remoteId = remoteIdOf('room', room.key, id);
    const later = { id: eventIdOf('shown', room.key, id), sure: true, at: naming.clock.now(), raw: arrival.raw };
    if (remoteId !== undefined && delayOf(arrival.stanza) === undefined) {
      await recorder.update({ ...later, remoteId, state: 'accepted' });
    }
    return true;
  }

  async #fromRoom(arrival: Arrival, room: Room): Promise<void> {
    const { naming, recorder } = this.#options;
    if (isSubject(arrival.stanza)) return this.#subject(arrival, room);
    const moderated = moderation(arrival, room, naming);
    if (moderated !== undefined) await recorder.event(moderated.event, moderated.kv);
    const text = textOf(childrenOf(arrival.stanza, ns.component, 'body')[0]);
    if (moderated === undefined && text !== '') await this.#attendance.say(room, text, arrival);
  }

  async #subject(arrival: Arrival, room: Room): Promise<void> {
    const subject = textOf(childOf(arrival.stanza, ns.component, 'subject'));
    // The room tells its subject at each entry.
    if (subject === (room.subject ?? '')) return;
    const who = arrival.from.resource;
    const by = who === '' ? '' : `${who}: `;
    await this.#attendance.say(room, `${by}the subject is now "${subject}"`, arrival, room.remembered({ subject }));
    room.subject = subject;
  }

  #typing({ stanza, from: { resource: nick } }: Arrival, room: Room): void {
    if (childOf(stanza, ns.chatStates, 'composing') === undefined) return;
    const from = nick === room.nick ? undefined : room.memberAt(nick);
    if (from !== undefined) this.#options.ctx.typing({ from, to: room.wish.line, group: room.group(), on: true });
  }
}

/** XEP-0045, 8.1: with a subject and without a body. */
function isSubject(stanza: XmlElement): boolean {
  const has = (name: string): boolean => childOf(stanza, ns.component, name) !== undefined;
  return has('subject') && !has('body');
}

/** History that has no sure id, and was there when we were. */
function isOld({ stanza }: Arrival, room: Room, event: NetworkEvent): boolean {
  const stamp = delayOf(stanza);
  return !event.sure && stamp !== undefined && room.seen !== undefined && Date.parse(stamp) <= room.seen;
}

export function roomWishOf(
  room: {
    readonly line: string;
    readonly room: string;
    readonly nick?: string | undefined;
    readonly password?: string | undefined;
  },
  lines: Lines,
): RoomWish {
  const jid = readJid(room.line);
  const line = jid === undefined ? undefined : lines.at(jid);
  if (line === undefined) throw new Error(`rooms: ${room.line} is no line of this connector`);
  const nick = room.nick ?? lines.nameOf(line);
  const secret = room.password === undefined ? {} : { password: room.password };
  return { line, room: must(parseAddress(room.room)), nick, configured: true, ...secret };
}
