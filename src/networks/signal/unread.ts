/**
 * What came in and was not read yet: Signal is told of each message that was read, we are told of the newest. Kept in
 * memory only: after a restart the newest alone is told.
 */
import type { Address } from '../../core/ids.ts';
import { endsOf } from '../../core/network-entries.ts';
import type { ChatRef } from '../../core/ports/outbound.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { sentAtOf } from './message-ids.ts';

/** Chats, and messages in each; the oldest are forgotten. */
export const maxChats = 2_000;
export const maxPerChat = 200;

export interface UnreadMessage {
  readonly by: Address;
  readonly sentAt: number;
}

export class Unread {
  readonly #chats = new Map<string, UnreadMessage[]>();

  add(event: NetworkEvent): void {
    if (event.kind !== 'message' || event.message.own === true || event.message.remoteId === undefined) return;
    const { line, chat, writer } = endsOf(event.message);
    const sentAt = sentAtOf(event.message.remoteId);
    if (sentAt === undefined) return;
    const key = keyOf({ from: line, to: chat });
    const messages = this.#chats.get(key) ?? [];
    this.#chats.delete(key);
    const [oldest] = this.#chats.keys();
    if (this.#chats.size >= maxChats && oldest !== undefined) this.#chats.delete(oldest);
    this.#chats.set(key, [...messages.slice(1 - maxPerChat), { by: writer, sentAt }]);
  }

  /** All up to `newest`, by who wrote them; they are read from now on. */
  take(chat: ChatRef, newest: UnreadMessage): ReadonlyMap<Address, readonly number[]> {
    const key = keyOf(chat);
    const messages = this.#chats.get(key) ?? [];
    const at = messages.findLastIndex((one) => one.by === newest.by && one.sentAt === newest.sentAt);
    const rest = messages.slice(at + 1);
    if (rest.length === 0) this.#chats.delete(key);
    else this.#chats.set(key, rest);
    const read = at === -1 ? [newest] : messages.slice(0, at + 1);
    const by = new Map<Address, number[]>();
    for (const { by: writer, sentAt } of read) by.set(writer, [...(by.get(writer) ?? []), sentAt]);
    return by;
  }
}

function keyOf({ from, to }: ChatRef): string {
  return `${from} ${to}`;
}
