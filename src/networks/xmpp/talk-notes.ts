/** What is known of chats while this process lives: which messages may be marked as read, and who knows chat states. */
import type { Address, RemoteId } from '../../core/ids.ts';
import { chatKey } from './message-ids.ts';
import { ns } from './namespaces.ts';
import { childOf, type XmlElement } from './xml/element.ts';

/** The oldest is forgotten: it is not told as read, and its chat gets typing until it answers without. */
const maxMarkable = 10_000;
const maxChats = 10_000;

export class TalkNotes {
  readonly #markable = new Set<string>();
  readonly #withoutStates = new Set<string>();

  /** XEP-0333: only what asks for it is marked. */
  markable(stanza: XmlElement, id: RemoteId | undefined): void {
    const asks = childOf(stanza, ns.markers, 'markable') !== undefined;
    if (asks && id !== undefined) add(this.#markable, id, maxMarkable);
  }

  isMarkable(id: RemoteId): boolean {
    return this.#markable.has(id);
  }

  states(line: Address, chat: Address, knows: boolean): void {
    const key = chatKey(line, chat);
    if (knows) this.#withoutStates.delete(key);
    else add(this.#withoutStates, key, maxChats);
  }

  takesStates(line: Address, chat: Address): boolean {
    return !this.#withoutStates.has(chatKey(line, chat));
  }
}

function add(set: Set<string>, value: string, most: number): void {
  set.delete(value);
  set.add(value);
  for (const oldest of set) {
    if (set.size <= most) return;
    set.delete(oldest);
  }
}
