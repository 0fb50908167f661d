/** One line in one room (XEP-0045): who is there, what the room can, and what is remembered of it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { addressOf, bareOf, readJid } from '../jid.ts';
import { parseAddress, type Address } from '../../../core/ids.ts';
import { parseJson } from '../../../core/json.ts';
import type { Group } from '../../../core/network-entries.ts';
import type { KvEdit } from '../../../core/ports/connector.ts';
import { chatKey } from '../message-ids.ts';
import { ns } from '../namespaces.ts';
import { childOf, type XmlElement } from '../xml/element.ts';

export interface RoomWish {
  readonly line: Address;
  /** The room's bare address. */
  readonly room: Address;
  readonly nick: string;
  readonly password?: string;
  /** By the config; others were come into by invitation. */
  readonly configured: boolean;
}

const note = z.object({
  line: z.string(),
  room: z.string(),
  nick: z.string(),
  password: z.string().optional(),
  configured: z.boolean(),
  seen: z.number().optional(),
  last: z.string().optional(),
  subject: z.string().optional(),
  name: z.string().optional(),
});
type RoomNote = z.output<typeof note>;
export type RoomMark = Pick<RoomNote, 'seen' | 'last'>;

/** People of one room; more are not listed. */
const maxOccupants = 2_000;
/** With more than so many a message's record does not list them. */
const maxListed = 100;

export const roomPrefix = 'room/';

export class Room {
  readonly wish: RoomWish;
  readonly key: string;
  state: 'out' | 'joining' | 'in' = 'out';
  /** What we are called there: the room may have changed it. */
  nick: string;
  name: string | undefined;
  subject: string | undefined;
  /** The newest message that is on record, by the clock that it was told by. */
  seen: number | undefined;
  /** What the room calls the newest message on record, where it keeps an archive. */
  last: string | undefined;
  /** Something that was written before `seen` or `last` may have to be read from the archive yet: they stay. */
  behind = false;
  /** It has said what it can. */
  isKnown = false;
  /** It sets stanza ids and occupant ids itself: nobody else can (XEP-0359 and XEP-0421, security considerations). */
  setsIds = false;
  setsOccupantIds = false;
  /** It keeps what is written there, by its own ids (XEP-0313). */
  hasArchive = false;
  readonly #occupants = new Map<string, Address | undefined>();
  readonly #left = new Map<string, number>();

  constructor(wish: RoomWish) {
    this.wish = wish;
    this.nick = wish.nick;
    this.key = chatKey(wish.line, wish.room);
  }

  /** What to commit together with what changed. */
  remembered(change: Partial<Pick<RoomNote, 'seen' | 'last' | 'subject' | 'name'>> = {}): KvEdit {
    const { line, room, nick, password, configured } = this.wish;
    const kept: RoomNote = {
      ...{ line, room, nick, configured, seen: this.seen, last: this.last },
      ...{ subject: this.subject, name: this.name, ...change },
      ...(password === undefined ? {} : { password }),
    };
    return { key: `${roomPrefix}${this.key}`, value: Buffer.from(JSON.stringify(kept)) };
  }

  forgotten(): KvEdit {
    return { key: `${roomPrefix}${this.key}`, value: null };
  }

  /** What an earlier process noted. */
  recall({ seen, last, subject, name }: Pick<Room, 'seen' | 'last' | 'subject' | 'name'>): void {
    this.seen = seen;
    this.last = last;
    this.subject = subject;
    this.name = name;
  }

  /** What is remembered once a message of that time, which the room calls `id`, is on record. */
  markOf({ at, id }: { readonly at: number; readonly id: string | undefined }): RoomMark {
    return { seen: Math.max(this.seen ?? 0, at), last: id ?? this.last };
  }

  reached({ seen, last }: RoomMark): void {
    this.seen = seen;
    this.last = last;
  }

  came(nick: string, real: string | undefined): void {
    const jid = real === undefined ? undefined : readJid(real);
    if (this.#occupants.size >= maxOccupants && !this.#occupants.has(nick)) return;
    this.#occupants.set(nick, jid === undefined ? undefined : addressOf(bareOf(jid)));
  }

  /** Whoever comes under that name next is somebody else. */
  went(nick: string): void {
    this.#occupants.delete(nick);
    if (this.#left.size < maxOccupants || this.#left.has(nick)) this.#left.set(nick, (this.#left.get(nick) ?? 0) + 1);
  }

  emptied(): void {
    this.#occupants.clear();
    this.state = 'out';
  }

  /** A member's address: their own where the room shows it, else their place in the room. */
  memberAt(nick: string): Address | undefined {
    return this.#occupants.get(nick) ?? addressOf(`${this.wish.room}/${nick}`);
  }

  /** Tells writers apart also when one takes the name that another had. */
  whoWrote(nick: string, stanza: XmlElement): string {
    const id = this.setsOccupantIds ? childOf(stanza, ns.occupantId, 'occupant-id')?.attrs['id'] : undefined;
    const who = id ?? this.#occupants.get(nick) ?? `${nick}\n${String(this.#left.get(nick) ?? 0)}`;
    return createHash('sha256').update(who).digest('hex').slice(0, 16);
  }

  group(): Group {
    const others = Array.from(this.#occupants).filter(([nick]) => nick !== this.nick);
    const members = others.flatMap(([nick, real]) => {
      const address = real ?? addressOf(`${this.wish.room}/${nick}`);
      return address === undefined ? [] : [{ address, name: nick }];
    });
    return {
      id: this.wish.room,
      ...(this.name === undefined ? {} : { name: this.name }),
      ...(members.length > maxListed ? {} : { members }),
    };
  }
}

/** Undefined for a note that can't be read. */
export function readRoomNote(value: Uint8Array): Room | undefined {
  const parsed = note.safeParse(jsonOf(value));
  if (!parsed.success) return undefined;
  const { line, room, nick, password, configured, seen, last, subject, name } = parsed.data;
  const [at, where] = [parseAddress(line), parseAddress(room)];
  if (!at.ok || !where.ok) return undefined;
  const secret = password === undefined ? {} : { password };
  const kept = new Room({ line: at.value, room: where.value, nick, configured, ...secret });
  kept.recall({ seen, last, subject, name });
  return kept;
}

function jsonOf(value: Uint8Array): unknown {
  return parseJson(Buffer.from(value).toString('utf8'));
}
