/**
 * How messages are called. On the wire an id means something only to its writer, so the record's id holds who wrote, in
 * which chat of which line: an id that somebody else uses again, or guesses, is another message. Ours are
 * `gh-<position>-<mac>`: the same at every attempt, so that a client knows a repeat (XEP-0359), and unforgeable, so that
 * what is said of one is said of a message that we sent.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseRemoteId, type Address, type Position, type RemoteId } from '../../core/ids.ts';

/** Who wrote: they, we, or anybody in a room. */
export type Writer = 'in' | 'out' | 'room';

/** The pair's name within ids: 80 bits, so that no two chats share one. */
export function chatKey(line: Address, chat: string): string {
  return createHash('sha256').update(`${line}\n${chat}`).digest('hex').slice(0, 20);
}

/** Undefined for an id that is too long or holds line ends: such a message can't be named later. */
export function remoteIdOf(writer: Writer, key: string, id: string): RemoteId | undefined {
  const parsed = parseRemoteId(`${writer}/${key}/${id}`);
  return parsed.ok ? parsed.value : undefined;
}

/** The id on the wire. */
export function wireIdOf(remote: RemoteId): string {
  return remote.split('/').slice(2).join('/');
}

/** An id of an event; whatever the peer chose, it is short and has no line ends. */
export function eventIdOf(kind: string, key: string, id: string): string {
  const plain = /^[\x21-\x7e]{1,120}$/u.test(id) ? id : createHash('sha256').update(id).digest('hex');
  return `${kind}/${key}/${plain}`;
}

export class OurIds {
  #key: Uint8Array = Buffer.alloc(0);

  /** The key of this installation, before anything is made or read. */
  use(key: Uint8Array): void {
    this.#key = key;
  }

  /** For one chat, as `chatKey` names it. `what` tells a message from an edit, a deletion or a reaction. */
  make(position: Position, what: 'm' | 'e' | 'd' | 'r', key: string): string {
    const stem = `gh-${what}${String(position)}`;
    return `${stem}-${this.#mac(stem, key)}`;
  }

  /** Whether we made it for that chat; true for no id that somebody else could make up, or has heard of elsewhere. */
  areOurs(id: string, key: string): boolean {
    const found = /^(gh-[medr]\d{1,16})-([0-9a-f]{16})$/u.exec(id);
    if (found === null) return false;
    return timingSafeEqual(Buffer.from(this.#mac(found[1] ?? '', key)), Buffer.from(found[2] ?? ''));
  }

  /** Stands for a stanza without an id; keyed, for a plain hash would tell a short text to whoever reads the database. */
  likeness(raw: Uint8Array): string {
    return createHmac('sha256', this.#key).update(raw).digest('hex').slice(0, 40);
  }

  #mac(stem: string, key: string): string {
    return createHmac('sha256', this.#key).update(`${stem}/${key}`).digest('hex').slice(0, 16);
  }
}
