/** Makes an entry's draft of each event, the same whichever appservice or repair it came by; only `raw` differs. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DraftOf, MatrixEvent } from '../core/entry.ts';
import { must, parseEventId, parseMillis, parseRoomId, parseUserId, type ClassId, type Millis } from '../core/ids.ts';
import { isJsonObject, whyNotCanonical, type JsonObject } from '../core/json.ts';
import { err, ok, type Result } from '../core/result.ts';

/** One element of `events`, parsed and as it came. */
export interface ReceivedEvent {
  readonly value: unknown;
  readonly raw: Uint8Array;
}

export type MatrixDraft = DraftOf<'matrix.event'> | DraftOf<'matrix.malformed'>;

export interface DraftContext {
  /** The class an entry has until a projection knows better. */
  readonly class: ClassId;
  /** When something without a usable time of its own was received. */
  readonly now: Millis;
}

const MAX_TYPE = 255;

const jsonObject = z.custom<JsonObject>(isJsonObject, 'is not an object');
const eventShape = z.object({
  event_id: checked(parseEventId),
  type: z.string().max(MAX_TYPE),
  room_id: checked(parseRoomId),
  sender: checked(parseUserId),
  origin_server_ts: z.number().refine((time) => parseMillis(time).ok, 'is not a time in milliseconds'),
  content: jsonObject,
  state_key: z.string().max(MAX_TYPE).optional(),
});
/** Room versions before 11 have it beside the content, later ones inside; Synapse gives either. */
const redactionShape = z.object({ redacts: checked(parseEventId) });

/** Checks a parsed value with an id's parser. */
function checked<T>(parse: (text: unknown) => Result<T, unknown>): z.ZodType<T> {
  return z.custom<T>((value) => parse(value).ok, 'is not a valid id');
}

/** An event that fits no schema is an entry too: bad input is recorded and never stops what follows. */
export function draftOf(event: ReceivedEvent, context: DraftContext): MatrixDraft {
  const decoded = decode(event.value);
  return decoded.ok ? eventDraft(decoded.value, event.raw, context) : malformedDraft(event, decoded.error, context);
}

function eventDraft(body: MatrixEvent, raw: Uint8Array, context: DraftContext): DraftOf<'matrix.event'> {
  return {
    kind: 'matrix.event',
    at: must(parseMillis(body.origin_server_ts)),
    source: { system: 'matrix', id: body.event_id, sure: true },
    actor: body.sender,
    room: body.room_id,
    class: context.class,
    body,
    raw,
  };
}

/** `reason` names the field and what is wrong with it, never its content. */
export function malformedDraft(
  event: ReceivedEvent,
  reason: string,
  context: DraftContext,
): DraftOf<'matrix.malformed'> {
  const eventId = parseEventId(field(event.value, 'event_id'));
  const room = parseRoomId(field(event.value, 'room_id'));
  const sent = parseMillis(field(event.value, 'origin_server_ts'));
  return {
    kind: 'matrix.malformed',
    at: sent.ok ? sent.value : context.now,
    source: { system: 'matrix', id: eventId.ok ? eventId.value : `malformed:${sha256(event.raw)}`, sure: true },
    ...(room.ok && { room: room.value }),
    class: context.class,
    body: {
      reason,
      ...(eventId.ok && { eventId: eventId.value }),
      ...(room.ok && { roomId: room.value }),
    },
    raw: event.raw,
  };
}

function decode(value: unknown): Result<MatrixEvent, string> {
  const parsed = eventShape.safeParse(value);
  if (!parsed.success) return err(firstIssue(parsed.error));
  const { state_key, ...rest } = parsed.data;
  const event = { ...rest, ...(state_key !== undefined && { state_key }) };
  const unwritable = whyNotCanonical({ ...event });
  if (unwritable !== undefined) return err(unwritable);
  if (event.type !== 'm.room.redaction') return ok(event);
  const redaction = redactionShape.safeParse({ redacts: field(value, 'redacts') ?? event.content['redacts'] });
  return redaction.success ? ok({ ...event, redacts: redaction.data.redacts }) : err(firstIssue(redaction.error));
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'unreadable';
  const where = issue.path.length === 0 ? 'event' : issue.path.join('.');
  return issue.code === 'invalid_type' ? `${where} is missing or not ${issue.expected}` : `${where} ${issue.message}`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
