/** What one webhook brings, as it is read: events and updates with the notes that commit with them. */
import { createHash } from 'node:crypto';
import { parseMillis, type Address, type Millis } from '../../core/ids.ts';
import type { KvEdit, NetworkEvent, OutboundUpdate } from '../../core/ports/connector.ts';
import type { WaContact } from './payload.ts';
import type { Known } from './people.ts';
import type { Heard } from './windows.ts';

export interface Taken {
  readonly events: NetworkEvent[];
  readonly updates: OutboundUpdate[];
  readonly kv: KvEdit[];
  readonly heard: Heard[];
}

export function nothingTaken(): Taken {
  return { events: [], updates: [], kv: [], heard: [] };
}

/** One `change` of the webhook, for a line of ours. */
export interface Reading {
  readonly line: Address;
  readonly contacts: readonly WaContact[];
  readonly now: Millis;
  /** The bytes that go on record with `item`. */
  readonly raw: (item: unknown) => Uint8Array;
  /** When the customer last wrote there. */
  readonly last: (chat: Address) => Millis | undefined;
  readonly taken: Taken;
}

/** Meta writes seconds; what is no time is now. */
export function timeOf(timestamp: string | number | undefined, now: Millis): Millis {
  const at = parseMillis(Number(timestamp ?? Number.NaN) * 1_000);
  return at.ok && at.value > 0 ? at.value : now;
}

/** The same content is the same event: Meta gives these no id, and repeats them as they were. */
export function contentId(kind: string, content: unknown): string {
  return `${kind}/${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 40)}`;
}

/** Chats that go on under another address are told before what is written in them; their windows go with them. */
export function takeKnown({ edits, moved }: Known, because: string, reading: Reading): void {
  const { taken, now, raw, last, line } = reading;
  taken.kv.push(...edits);
  for (const chat of moved) {
    const id = `moved/${because}/${contentId(chat.line, chat)}`;
    taken.events.push({ kind: 'chat', chat, id, sure: true, at: now, raw: raw(chat) });
    const at = chat.line === line ? last(chat.chat) : undefined;
    if (at !== undefined) taken.heard.push({ line, chat: chat.movedTo, at });
  }
}

/** On record as what it is, although it belongs to no chat. */
export function lost(item: unknown, what: string, { taken, now, raw, line }: Reading): void {
  const id = contentId('unread', item);
  taken.events.push({ kind: 'unsupported', what, to: line, id, sure: true, at: now, raw: raw(item) });
}
