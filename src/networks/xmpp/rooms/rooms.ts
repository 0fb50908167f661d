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
import type { Naming, ToRecord } from '../personal-event.ts';
import type { Recorder } from '../recorder.ts';
import { delayOf, idAttr, writersId, type Invitation } from '../stanzas/payload.ts';
import type { TalkNotes } from '../talk-notes.ts';
import { childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts';
import { Attendance } from './attendance.ts';
import { CatchUp } from './catch-up.ts';
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
  readonly #catchUp: CatchUp;

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { ctx, iqs, lines } = options;
    this.#catchUp = new CatchUp({
      ...{ ctx, iqs, jidOf: (room) => lines.jidOf(room.wish.line) },
      take: (arrival, room, archived) => this.#order.run(room.key, () => this.#message(arrival, room, archived)),
    });
    const catchUp = this.#catchUp;
    this.#attendance = new Attendance({ ...options, catchUp, gone: (room) => this.#rooms.delete(room.key) });
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
    for (const room of this.#rooms.values()) {
      room.emptied();
      this.#catchUp.left(room);
    }
  }

  stop(): void {
    this.#attendance.stop();
    this.#catchUp.stop();
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
    if (room === undefined || (!this.#isOurs(arrival, room) && this.#catchUp.holds(arrival, room))) return;
    await this.#order.run(room.key, () => this.#message(arrival, room, false));
  }

  /** Out of a room's archive; undefined for what is not, or was not asked for. */
  archived(arrival: Arrival): Promise<void> | undefined {
    const room = this.#at(arrival.line, arrival.from);
    return room === undefined ? undefined : this.#catchUp.result(arrival, room);
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

  /** @returns false where it could not be put on record. */
  async #message(arrival: Arrival, room: Room, archived: boolean): Promise<boolean> {
    const { naming, notes } = this.#options;
    const { stanza, from } = arrival;
    if (from.resource === '') return this.#fromRoom(arrival, room, archived);
    if (this.#isOurs(arrival, room)) return this.#shown(arrival, room, archived);
    if (!archived) this.#typing(arrival, room);
    if (isSubject(stanza)) return this.#subject(arrival, room);
    const toRecord = roomEvent(arrival, room, naming);
    if (toRecord === undefined || isOld(arrival, room, toRecord.event)) return true;
    if (!(await this.#record(arrival, room, toRecord, archived))) return false;
    notes.markable(stanza, toRecord.remoteId);
    return true;
  }

  /** How far the record goes is noted in the same commit, unless something older may still come. */
  async #record(arrival: Arrival, room: Room, { event, kv }: ToRecord, archived: boolean): Promise<boolean> {
    const { naming, recorder, ctx } = this.#options;
    const at = archived ? event.at : Math.max(event.at, naming.clock.now());
    const isBehind = room.behind && !archived;
    const mark = isBehind ? room : room.markOf({ at, id: roomIdOf(arrival, room) });
    if (!(await recorder.event(event, [...kv, room.remembered({ seen: mark.seen, last: mark.last })]))) {
      ctx.log.warn('xmpp.room-not-recorded');
      return false;
    }
    room.reached(mark);
    return true;
  }

  /** Only we know the ids of our messages before the room has shown them, and only we have our name there. */
  #isOurs({ stanza, from }: Arrival, room: Room): boolean {
    return from.resource === room.nick && this.#options.naming.ids.areOurs(idAttr(stanza) ?? '', room.key);
  }

  /** Our own message as the room shows it: it tells that the room has it, and what it calls it. */
  async #shown(arrival: Arrival, room: Room, archived: boolean): Promise<boolean> {
    const { naming, flights, recorder } = this.#options;
    const id = idAttr(arrival.stanza) ?? '';
    const given = roomIdOf(arrival, room) ?? id;
    if (flights.echoed(id, room.key, given)) return true;
    // Its sending was given up: what it was called then is on record with it.
    const remoteId = remoteIdOf('room', room.key, id);
    const later = { id: eventIdOf('shown', room.key, id), sure: true, at: naming.clock.now(), raw: arrival.raw };
    const isNews = archived
      ? naming.aliases.get(`o/${room.key}/${given}`) === undefined
      : delayOf(arrival.stanza) === undefined;
    return remoteId === undefined || !isNews || recorder.update({ ...later, remoteId, state: 'accepted' });
  }

  async #fromRoom(arrival: Arrival, room: Room, archived: boolean): Promise<boolean> {
    const { naming } = this.#options;
    if (isSubject(arrival.stanza)) return this.#subject(arrival, room);
    const moderated = moderation(arrival, room, naming);
    if (moderated !== undefined) return this.#record(arrival, room, moderated, archived);
    const text = textOf(childrenOf(arrival.stanza, ns.component, 'body')[0]);
    return text === '' || this.#attendance.say(room, text, arrival);
  }

  async #subject(arrival: Arrival, room: Room): Promise<boolean> {
    const subject = textOf(childOf(arrival.stanza, ns.component, 'subject'));
    // The room tells its subject at each entry.
    if (subject === (room.subject ?? '')) return true;
    const who = arrival.from.resource;
    const by = who === '' ? '' : `${who}: `;
    const words = `${by}the subject is now "${subject}"`;
    const recorded = await this.#attendance.say(room, words, arrival, room.remembered({ subject }));
    room.subject = subject;
    return recorded;
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
