/** A message that somebody typed, as the bots take it: never an edit, a notice, or the quoted part of a reply. */
import { z } from 'zod';
import { withoutQuote } from '../core/command-text.ts';
import type { Entry } from '../core/entry.ts';
import {
  parseEventId,
  parseMediaUri,
  type EventId,
  type MediaUri,
  type Millis,
  type Position,
  type RoomId,
  type UserId,
} from '../core/ids.ts';
import { isJsonObject } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';

/** What stands in one message. */
export interface Typed {
  readonly text: string;
  /** False for a picture's caption, an emote, a location: commands are m.text alone. */
  readonly plain: boolean;
  readonly replyTo?: EventId;
}

export interface Incoming extends Typed {
  readonly position: Position;
  /** When its sender's homeserver took it. */
  readonly at: Millis;
  /** When it came on record, by our clock. */
  readonly recordedAt: Millis;
  readonly room: RoomId;
  readonly sender: UserId;
  readonly event: EventId;
  /** It is a contact card, sent as a file: where that lies. */
  readonly card?: MediaUri;
}

const message = z.object({
  msgtype: z.string(),
  body: z.string(),
  'm.relates_to': z
    .object({
      rel_type: z.string().optional(),
      'm.in_reply_to': z.object({ event_id: z.unknown() }).optional(),
    })
    .optional()
    .catch(undefined),
});

/** What its sender typed into a message's content; undefined for notices and edits. */
export function typedText(content: JsonObject): Typed | undefined {
  const read = message.safeParse(content);
  if (!read.success || read.data.msgtype === 'm.notice') return undefined;
  const { body, msgtype, 'm.relates_to': relation } = read.data;
  if (relation?.rel_type === 'm.replace') return undefined;
  const plain = msgtype === 'm.text';
  const reply = relation?.['m.in_reply_to'];
  if (reply === undefined) return { text: body, plain };
  const event = parseEventId(reply.event_id);
  return { text: withoutQuote(body), plain, ...(event.ok ? { replyTo: event.value } : {}) };
}

export function incoming(entry: Entry): Incoming | undefined {
  if (entry.kind !== 'matrix.event') return undefined;
  const { body, position, at, recordedAt } = entry;
  if (body.type !== 'm.room.message' || body.state_key !== undefined) return undefined;
  const said = typedText(body.content);
  if (said === undefined) return undefined;
  const from = { position, at, recordedAt, room: body.room_id, sender: body.sender, event: body.event_id };
  const card = said.plain ? undefined : cardFile(body.content);
  return { ...from, ...said, ...(card !== undefined && { card }) };
}

/** Clients share a contact as a file of RFC 6350: by its type, or where they don't know that, by its name. */
function cardFile({ msgtype, info, url, filename, body }: JsonObject): MediaUri | undefined {
  if (msgtype !== 'm.file') return undefined;
  const type = isJsonObject(info) ? info['mimetype'] : undefined;
  const isCard = typeof type === 'string' && /^text\/(?:x-)?(?:vcard|directory)\b/iu.test(type);
  const isNamed = [filename, body].some((name) => typeof name === 'string' && /\.vcf$/iu.test(name));
  const uri = parseMediaUri(url);
  return (isCard || isNamed) && uri.ok ? uri.value : undefined;
}
