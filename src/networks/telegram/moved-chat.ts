/** A group that became a supergroup: another id, the same people (Bot API, "migrate_to_chat_id"). */
import { z } from 'zod';
import type { Address, Millis } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { addressOf } from './addresses.ts';
import type { Arrived } from './known.ts';
import type { Message } from './shapes.ts';
import { timeOf } from './time.ts';

interface Move {
  readonly line: Address;
  readonly old: number;
  readonly now: number;
  readonly at: Millis;
  readonly raw: Uint8Array;
}

/** Telegram tells it up to three times, in each of both groups and when somebody writes to the old one: one event. */
export function moveEvent({ line, old, now, at, raw }: Move): NetworkEvent {
  const chat = { line, chat: addressOf(old), movedTo: addressOf(now) };
  return { kind: 'chat', chat, id: `moved/${String(old)}/${String(now)}`, sure: true, at, raw };
}

/** Undefined for a message that says nothing of the kind. */
export function movedChat(message: Message, line: Address, { raw }: Arrived): NetworkEvent | undefined {
  const to = z.int().safeParse(message['migrate_to_chat_id']).data;
  const from = z.int().safeParse(message['migrate_from_chat_id']).data;
  const at = timeOf(message.date);
  if (to !== undefined) return moveEvent({ line, old: message.chat.id, now: to, at, raw });
  return from === undefined ? undefined : moveEvent({ line, old: from, now: message.chat.id, at, raw });
}
