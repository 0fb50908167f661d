/** Reads one update of Telegram's. Whatever it is, something comes of it: what can't be read is `unsupported`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { Millis } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { deletedEvent, memberEvent, reactionEvent } from './change-events.ts';
import type { Arrived, Known } from './known.ts';
import { messageEvents } from './message-events.ts';
import {
  connectionShape,
  deletedShape,
  memberShape,
  messageShape,
  reactionShape,
  updateKinds,
  type Connection,
  type UpdateKind,
} from './shapes.ts';

/** An update whose kind is known; what it holds is not looked at yet. */
export interface Update {
  readonly update: number;
  readonly kind: UpdateKind | undefined;
  readonly held: unknown;
  readonly raw: Uint8Array;
  /** All that it has beside its number, for words about an unknown kind. */
  readonly fields: readonly string[];
}

const numbered = z.looseObject({ update_id: z.int().nonnegative() });
const FIELDS_MOST = 3;

/** Undefined where it has no number of its own: then it can be named by its bytes only. */
export function updateOf(raw: Uint8Array): Update | undefined {
  const parsed = numbered.safeParse(parseJson(Buffer.from(raw).toString('utf8'))).data;
  if (parsed === undefined) return undefined;
  const kind = updateKinds.find((one) => parsed[one] !== undefined);
  const fields = Object.keys(parsed).filter((field) => field !== 'update_id');
  return { update: parsed.update_id, kind, held: kind === undefined ? undefined : parsed[kind], raw, fields };
}

/** What came instead of an update. */
export function unreadable(raw: Uint8Array, at: Millis): NetworkEvent {
  const digest = createHash('sha256').update(raw).digest('hex');
  return { kind: 'unsupported', what: "something that can't be read", id: `unreadable/${digest}`, sure: true, at, raw };
}

/** The connection that must be known before the update can be read. */
export function connectionIn({ held }: Update): string | undefined {
  const id = isJsonObject(held) ? held['business_connection_id'] : undefined;
  return typeof id === 'string' && id.length <= 200 ? id : undefined;
}

/** The news of a connected account; undefined for every other update. */
export function connectionNews({ kind, held }: Update): Connection | undefined {
  return kind === 'business_connection' ? connectionShape.safeParse(held).data : undefined;
}

/** `heard`: by our clock, for what tells no time. */
export function eventsOf(update: Update, known: Known, heard: Millis): readonly NetworkEvent[] {
  const arrived: Arrived = { update: update.update, raw: update.raw };
  const read = update.kind === undefined ? undefined : readers[update.kind](update.held, { arrived, known, heard });
  return read ?? [strange(update, heard)];
}

interface Reading {
  readonly arrived: Arrived;
  readonly known: Known;
  readonly heard: Millis;
}
type Reader = (held: unknown, reading: Reading) => readonly NetworkEvent[] | undefined;

const message =
  (edited: boolean): Reader =>
  (held, { arrived, known }) => {
    const parsed = messageShape.safeParse(held).data;
    return parsed === undefined ? undefined : messageEvents(parsed, { arrived, known, edited });
  };

const post: Reader = (_, { arrived, heard }) => [
  said('a post in a channel: channels are no chats with anybody', arrived, heard),
];

const readers: Readonly<Record<UpdateKind, Reader>> = {
  message: message(false),
  edited_message: message(true),
  business_message: message(false),
  edited_business_message: message(true),
  channel_post: post,
  edited_channel_post: post,
  // Read by `connectionNews`.
  business_connection: () => undefined,
  deleted_business_messages: (held, reading) => {
    const deleted = deletedShape.safeParse(held).data;
    return deleted === undefined ? undefined : [deletedEvent(deleted, reading, reading.heard)];
  },
  message_reaction: (held, reading) => {
    const reaction = reactionShape.safeParse(held).data;
    return reaction === undefined ? undefined : [reactionEvent(reaction, reading)];
  },
  my_chat_member: (held, reading) => {
    const member = memberShape.safeParse(held).data;
    return member === undefined ? undefined : [memberEvent(member, reading)];
  },
};

function strange({ kind, fields, update, raw }: Update, heard: Millis): NetworkEvent {
  const known = fields.filter((field) => /^[a-z_]{1,40}$/u.test(field)).slice(0, FIELDS_MOST);
  const named = known.join(', ').replaceAll('_', ' ');
  const what =
    kind === undefined ? `an update of a kind that is not known here (${named})` : `a ${named} that can't be read`;
  return said(what, { update, raw }, heard);
}

/** The bytes are part of the name: the numbers of updates begin anew after a week of silence. */
function said(what: string, { update, raw }: Arrived, at: Millis): NetworkEvent {
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  return { kind: 'unsupported', what, id: `update/${String(update)}/${digest}`, sure: true, at, raw };
}
