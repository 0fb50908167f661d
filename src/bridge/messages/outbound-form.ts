/** What an event of a staff member in a portal asks for: decided by the event alone. */
import { looksLikeCommand, withoutQuote } from '../../core/command-text.ts';
import type { MatrixEvent } from '../../core/entry.ts';
import { parseEventId, type EventId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';

export type OutboundForm =
  | { readonly is: 'message' }
  | { readonly is: 'edit'; readonly of: EventId }
  | { readonly is: 'redaction'; readonly of: EventId }
  | { readonly is: 'encrypted' }
  /** Stays among colleagues: commands, notices, reactions, state. */
  | { readonly is: 'nothing' };

const MESSAGE_TYPES = new Set(['m.sticker', 'm.poll.start', 'org.matrix.msc3381.poll.start']);

export function outboundForm(event: MatrixEvent): OutboundForm {
  if (event.state_key !== undefined) return { is: 'nothing' };
  if (event.type === 'm.room.redaction') return redactionForm(event);
  if (event.type === 'm.room.encrypted') return { is: 'encrypted' };
  if (MESSAGE_TYPES.has(event.type)) return { is: 'message' };
  return event.type === 'm.room.message' ? messageForm(event.content) : { is: 'nothing' };
}

/** From room version 11 on, the target stands in the content. */
function redactionForm(event: MatrixEvent): OutboundForm {
  const target = parseEventId(event.redacts ?? event.content['redacts']);
  return target.ok ? { is: 'redaction', of: target.value } : { is: 'nothing' };
}

function messageForm(content: JsonObject): OutboundForm {
  const relation = content['m.relates_to'];
  if (isJsonObject(relation) && relation['rel_type'] === 'm.replace') {
    const target = parseEventId(relation['event_id']);
    return target.ok ? { is: 'edit', of: target.value } : { is: 'nothing' };
  }
  // A message without type or body was redacted, or never was one.
  if (typeof content['msgtype'] !== 'string' || content['msgtype'] === 'm.notice') return { is: 'nothing' };
  const command = typeof content['body'] === 'string' && looksLikeCommand(spoken(content, content['body']));
  return command ? { is: 'nothing' } : { is: 'message' };
}

const KINDS: Readonly<Record<string, string>> = {
  'm.image': 'pictures',
  'm.video': 'videos',
  'm.audio': 'voice messages',
  'm.file': 'files',
  'm.location': 'locations',
  'm.sticker': 'stickers',
};

function kindName(msgtype: unknown): string {
  return (typeof msgtype === 'string' ? KINDS[msgtype] : undefined) ?? 'this kind of message';
}

/** What is sent for a message or its newest edit; the error names, for people, what a line without media can't carry. */
export function textToSend(event: MatrixEvent): Result<string, string> {
  if (event.type !== 'm.room.message') return err(KINDS[event.type] ?? 'polls');
  const replaced = event.content['m.new_content'];
  const content = isJsonObject(replaced) ? replaced : event.content;
  const { msgtype, body } = content;
  if (msgtype !== 'm.text' && msgtype !== 'm.emote') return err(kindName(msgtype));
  if (typeof body !== 'string') return err('a message without text');
  const text = spoken(event.content, body);
  return looksLikeCommand(text) ? err('commands') : ok(text);
}

/** A reply's own words: what older clients quote in front of them is not the sender's to send. */
function spoken(content: JsonObject, body: string): string {
  const relation = content['m.relates_to'];
  const isReply = isJsonObject(relation) && isJsonObject(relation['m.in_reply_to']);
  return isReply ? withoutQuote(body) : body;
}
