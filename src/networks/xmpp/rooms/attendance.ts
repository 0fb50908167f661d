/** Going into rooms and coming back to them: what their presence says of us and of others. */
import type { ConnectorContext, KvEdit } from '../../../core/ports/connector.ts';
import type { Arrival } from '../arrival.ts';
import { sentAt } from '../arrival.ts';
import type { Iqs } from '../iqs.ts';
import type { Lines } from '../lines.ts';
import { eventIdOf } from '../message-ids.ts';
import { ns } from '../namespaces.ts';
import type { Naming } from '../personal-event.ts';
import type { Recorder } from '../recorder.ts';
import { bounceOf } from '../stanzas/errors.ts';
import { writersId } from '../stanzas/payload.ts';
import { writeXml } from '../xml/write.ts';
import { childOf, childrenOf, type XmlElement } from '../xml/element.ts';
import type { CatchUp } from './catch-up.ts';
import type { Room } from './room.ts';
import { instantRoom, joinStanza, leaveStanza, readRoomPresence, type RoomPresence } from './stanzas.ts';

export interface AttendanceOptions {
  readonly ctx: ConnectorContext;
  readonly lines: Lines;
  readonly iqs: Iqs;
  readonly recorder: Recorder;
  readonly naming: Naming;
  readonly write: (stanza: XmlElement) => boolean;
  readonly catchUp: CatchUp;
  /** We were put out of it for good. */
  readonly gone: (room: Room) => void;
}

const againMs = 30_000;
/** Where the room said no, and not just "later". */
const refusedMs = 600_000;
const maxNicks = 5;
/** Put out by people: kicked, banned, no longer a member, members only. */
const putOut: readonly string[] = ['301', '307', '321', '322'];

export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #timers = new Map<string, () => void>();

  constructor(options: AttendanceOptions) {
    this.#options = options;
  }

  /** What the room is and can is asked first: its messages are read by it. */
  join(room: Room): void {
    if (room.state !== 'out') return;
    room.state = 'joining';
    this.#aside(this.#begin(room));
  }

  leave(room: Room): void {
    if (room.state !== 'in') return;
    room.state = 'out';
    this.#options.write(leaveStanza(room, this.#jidOf(room)));
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  heard(stanza: XmlElement, room: Room, nick: string): void {
    const { type } = stanza.attrs;
    const told = readRoomPresence(stanza);
    const isUs = told.codes.includes('110') || (type === 'error' && nick === room.nick);
    if (type === 'error') this.#refused(stanza, room);
    else if (type === 'unavailable') this.#went(room, nick, { told, isUs, stanza });
    else if (type === undefined) this.#came(room, nick, told, isUs);
  }

  /** Words of the room about itself, on record. @returns false where they could not be put there */
  say(room: Room, text: string, of: Pick<Arrival, 'stanza' | 'raw'>, kv?: KvEdit): Promise<boolean> {
    const { naming, recorder } = this.#options;
    const own = writersId(of.stanza);
    const id = own === undefined ? `say/${naming.ids.likeness(of.raw)}` : eventIdOf('say', room.key, own);
    const message = { from: room.wish.room, to: room.wish.line, group: room.group(), service: true, text };
    const at = sentAt(of.stanza, naming.clock);
    const base = { id, sure: own !== undefined, at, raw: of.raw };
    return recorder.event({ ...base, kind: 'message', message }, kv === undefined ? [] : [kv]);
  }

  async #begin(room: Room): Promise<void> {
    await this.#ask(room);
    if (room.state !== 'joining') return;
    this.#options.catchUp.prepare(room);
    if (this.#options.write(joinStanza(room, this.#jidOf(room)))) return;
    room.state = 'out';
    this.#options.catchUp.left(room);
  }

  async #ask(room: Room): Promise<void> {
    const query = { ns: ns.discoInfo, name: 'query', attrs: {}, children: [] };
    const asked = await this.#options.iqs.ask({ from: this.#jidOf(room), to: room.wish.room, payload: query });
    const info = asked.is === 'result' ? childOf(asked.iq, ns.discoInfo, 'query') : undefined;
    if (info !== undefined) await this.#learn(room, info);
  }

  /** A room that could not be asked before, for we made it ourselves: then it is opened as it is. */
  async #entered(room: Room, isNew: boolean): Promise<void> {
    const made = { from: this.#jidOf(room), to: room.wish.room, payload: instantRoom, type: 'set' as const };
    if (isNew) await this.#options.iqs.ask(made);
    await this.#ask(room);
  }

  async #learn(room: Room, info: XmlElement): Promise<void> {
    const features = childrenOf(info, ns.discoInfo, 'feature').map((one) => one.attrs['var']);
    room.isKnown = true;
    room.setsIds = features.includes(ns.sid);
    room.setsOccupantIds = features.includes(ns.occupantId);
    room.hasArchive = features.includes(ns.mam);
    const name = childrenOf(info, ns.discoInfo, 'identity')[0]?.attrs['name']?.slice(0, 200);
    if (name === undefined || name === '' || name === room.name) return;
    const { recorder, naming } = this.#options;
    const { line, room: chat } = room.wish;
    const base = { id: `named/${room.key}`, sure: false, at: naming.clock.now() };
    const raw = Buffer.from(writeXml(info, ns.component));
    await recorder.event({ ...base, kind: 'chat', chat: { line, chat, name }, raw }, [room.remembered({ name })]);
    room.name = name;
  }

  #came(room: Room, nick: string, told: RoomPresence, isUs: boolean): void {
    room.came(nick, told.real);
    if (!isUs) return;
    room.nick = nick;
    if (room.state !== 'in') this.#options.catchUp.entered(room);
    room.state = 'in';
    if (room.seen === undefined) this.#aside(this.#noted(room, this.#options.naming.clock.now()));
    if (told.codes.includes('201') || !room.isKnown) this.#aside(this.#entered(room, told.codes.includes('201')));
  }

  /** What is said from now on is for us, also when we are away for a while. */
  async #noted(room: Room, seen: number): Promise<void> {
    room.seen = seen;
    await this.#options.ctx.kv.apply([room.remembered()]);
  }

  #aside(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#options.ctx.log.error('xmpp.room-failed', {}, error);
    });
  }

  #went(room: Room, nick: string, of: { told: RoomPresence; isUs: boolean; stanza: XmlElement }): void {
    const { told, isUs, stanza } = of;
    room.went(nick);
    if (isUs && told.codes.includes('303') && told.newNick !== undefined) {
      room.nick = told.newNick;
      return;
    }
    // Who left by themselves are out already.
    if ((!isUs && nick !== room.nick) || room.state === 'out') return;
    room.emptied();
    this.#options.catchUp.left(room);
    if (told.destroyed || told.codes.some((code) => putOut.includes(code))) this.#putOut(room, told, stanza);
    else this.#later(room);
  }

  #putOut(room: Room, told: RoomPresence, stanza: XmlElement): void {
    const why = told.reason === undefined ? '' : `: ${told.reason}`;
    const text = told.destroyed ? `The room was closed${why}` : `We were put out of the room${why}`;
    const raw = Buffer.from(writeXml(stanza, ns.component));
    const kv = room.wish.configured ? undefined : room.forgotten();
    this.#aside(this.say(room, text, { stanza, raw }, kv));
    if (!room.wish.configured) this.#options.gone(room);
  }

  /** 7.2.8 and around: another name where ours is taken, later where it may be better then. */
  #refused(stanza: XmlElement, room: Room): void {
    if (room.state !== 'joining') return;
    const { condition, later } = bounceOf(stanza);
    room.state = 'out';
    this.#options.catchUp.left(room);
    this.#options.ctx.log.warn('xmpp.room-refused', { condition });
    if (condition === 'conflict' && room.nick.length < room.wish.nick.length + maxNicks) {
      room.nick = `${room.nick}_`;
      this.join(room);
      return;
    }
    room.nick = room.wish.nick;
    this.#later(room, later ? againMs : refusedMs);
  }

  #later(room: Room, afterMs = againMs): void {
    this.#timers.get(room.key)?.();
    const cancel = this.#options.ctx.clock.after(afterMs, () => {
      this.#timers.delete(room.key);
      this.join(room);
    });
    this.#timers.set(room.key, cancel);
  }

  #jidOf(room: Room): string {
    return this.#options.lines.jidOf(room.wish.line);
  }
}
