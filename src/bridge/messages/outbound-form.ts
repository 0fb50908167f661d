/** What an event of a staff member in a portal asks for: decided by the event alone. */
import { looksLikeCommand, withoutQuote } from '../../core/command-text.ts';
import type { MatrixEvent } from '../../core/entry.ts';
import { parseEventId, type EventId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { toPlain } from '../../core/rich-text-plain.ts';
import { outboundRich } from '../text/outbound-rich.ts';

export type OutboundForm =
  | { readonly is: 'message' }
  | { readonly is: 'edit'; readonly of: EventId }
  | { readonly is: 'redaction'; readonly of: EventId }
  | { readonly is: 'reaction'; readonly to: EventId; readonly key: string }
  | { readonly is: 'encrypted' }
  /** Stays among colleagues: commands, notices, state. */
  | { readonly is: 'nothing' };

const MESSAGE_TYPES = new Set(['m.sticker', 'm.poll.start', 'org.matrix.msc3381.poll.start']);

export function outboundForm(event: MatrixEvent): OutboundForm {
  if (event.state_key !== undefined) return { is: 'nothing' };
  if (event.type === 'm.room.redaction') return redactionForm(event);
  if (event.type === 'm.reaction') return reactionForm(event.content);
  if (event.type === 'm.room.encrypted') return { is: 'encrypted' };
  if (MESSAGE_TYPES.has(event.type)) return { is: 'message' };
  return event.type === 'm.room.message' ? messageForm(event.content) : { is: 'nothing' };
}

/** From room version 11 on, the target stands in the content. */
function redactionForm(event: MatrixEvent): OutboundForm {
  const target = parseEventId(event.redacts ?? event.content['redacts']);
  return target.ok ? { is: 'redaction', of: target.value } : { is: 'nothing' };
}

const LONGEST_KEY = 64;

function reactionForm(content: JsonObject): OutboundForm {
  const relation = content['m.relates_to'];
  if (!isJsonObject(relation) || relation['rel_type'] !== 'm.annotation') return { is: 'nothing' };
  const [to, key] = [parseEventId(relation['event_id']), relation['key']];
  if (!to.ok || typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) return { is: 'nothing' };
  return { is: 'reaction', to: to.value, key };
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

/** What it is, for people, where a line can't carry it. */
export function kindName({ type, content }: Pick<MatrixEvent, 'type' | 'content'>): string {
  if (type !== 'm.room.message') return KINDS[type] ?? 'polls';
  const replaced = content['m.new_content'];
  const { msgtype } = isJsonObject(replaced) ? replaced : content;
  return (typeof msgtype === 'string' ? KINDS[msgtype] : undefined) ?? 'this kind of message';
}

/** All that goes out in words of a text or of its newest edit; the error names, for people, what else it is. */
export function textToSend(event: MatrixEvent): Result<string, string> {
  const rich = event.type === 'm.room.message' ? outboundRich(event.content) : undefined;
  if (rich?.ok === true) return ok(toPlain(rich.value));
  return err(rich !== undefined && saysText(event.content) ? rich.error : kindName(event));
}

function saysText(content: JsonObject): boolean {
  const replaced = content['m.new_content'];
  const { msgtype } = isJsonObject(replaced) ? replaced : content;
  return msgtype === 'm.text' || msgtype === 'm.emote';
}

/** A reply's own words: what older clients quote in front of them is not the sender's to send. */
function spoken(content: JsonObject, body: string): string {
  const relation = content['m.relates_to'];
  const isReply = isJsonObject(relation) && isJsonObject(relation['m.in_reply_to']);
  return isReply ? withoutQuote(body) : body;
}
