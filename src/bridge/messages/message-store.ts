/** Every message in a portal and how far it got: the reads. How an entry moves it is `message-projection.ts`. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { EventId, Millis, PortalId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { FailureKind } from '../../core/failures.ts';
import { failures } from '../../core/failures.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { messageOfChangeShown } from './change-shown-store.ts';
import { messageShownBy } from './shown-event-store.ts';

const stateColumn = z.enum([
  'waiting',
  'attempting',
  'quarantined',
  'pending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'withdrawn',
]);
/**
 * `waiting` for its turn, `quarantined` while a person must decide, `attempting` while the outcome is open, `pending` when
 * the network will tell later.
 */
export type MessageState = z.infer<typeof stateColumn>;

export const messageRow = z
  .object({
    position: column.position,
    portal: column.portal,
    direction: z.enum(['inbound', 'outbound']),
    room: column.room.nullable(),
    event_id: column.event.nullable(),
    sender: column.user.nullable(),
    at: column.millis,
    recorded_at: column.millis,
    state: stateColumn,
    changed: column.position,
    reason: z.string().nullable(),
    attempts: z.number(),
    generation: z.number(),
    replaced_by: column.position.nullable(),
    attempted_version: column.position.nullable(),
    withdraw_wish: column.flag,
    was_unknown: column.flag,
    late_edits: z.number(),
  })
  .transform((row) => ({
    position: row.position,
    portal: row.portal,
    direction: row.direction,
    room: row.room ?? undefined,
    event: row.event_id ?? undefined,
    sender: row.sender ?? undefined,
    at: row.at,
    recordedAt: row.recorded_at,
    state: row.state,
    changed: row.changed,
    reason: failureKind(row.reason),
    attempts: row.attempts,
    generation: row.generation,
    replacedBy: row.replaced_by ?? undefined,
    attemptedVersion: row.attempted_version ?? undefined,
    withdrawWish: row.withdraw_wish,
    wasUnknown: row.was_unknown,
    lateEdits: row.late_edits,
  }));

export interface Message {
  /** The entry that is the message. */
  readonly position: Position;
  readonly portal: PortalId;
  readonly direction: 'inbound' | 'outbound';
  readonly room: RoomId | undefined;
  /** The Matrix event that shows it, or that it was written as. */
  readonly event: EventId | undefined;
  readonly sender: UserId | undefined;
  readonly at: Millis;
  readonly recordedAt: Millis;
  readonly state: MessageState;
  /** The entry that last changed `state`. */
  readonly changed: Position;
  readonly reason: FailureKind | undefined;
  readonly attempts: number;
  /** How often a person asked for it again. */
  readonly generation: number;
  /** The newest edit that came before it went out. */
  readonly replacedBy: Position | undefined;
  /** The edit whose text the last attempt carried. */
  readonly attemptedVersion: Position | undefined;
  /** Withdrawn during an attempt: holds if that attempt didn't send it. */
  readonly withdrawWish: boolean;
  /** An earlier attempt may have sent it: a later one may be a repeat. */
  readonly wasUnknown: boolean;
  /** Edits that came after it went out. */
  readonly lateEdits: number;
}

function failureKind(name: string | null): FailureKind | undefined {
  return name !== null && isFailureKind(name) ? name : undefined;
}
function isFailureKind(name: string): name is FailureKind {
  return Object.hasOwn(failures, name);
}

const byPosition = statement<{ position: number }, Message>(
  (db, p) => db.selectFrom('message').selectAll().where('position', '=', p('position')),
  (row) => messageRow.parse(row),
);
const byEvent = statement<{ event: string }, Message>(
  (db, p) => db.selectFrom('message').selectAll().where('event_id', '=', p('event')),
  (row) => messageRow.parse(row),
);
const stateCountRow = z.object({ state: stateColumn, n: z.number() });
/** Messages of one portal and direction, from `from` to before `to` by the clock of who wrote them. */
export interface MessagesOf {
  readonly portal: PortalId;
  readonly direction: Message['direction'];
  readonly from: number;
  readonly to: number;
}
type Within = Readonly<{ portal: string; direction: string; from: number; to: number }>;

const countStates = statement<Within, { state: MessageState; n: number }>(
  (db, p) =>
    db
      .selectFrom('message')
      .select((eb) => ['state', eb.fn.countAll().as('n')])
      .where('portal', '=', p('portal'))
      .where('direction', '=', p('direction'))
      .where('at', '>=', p('from'))
      .where('at', '<', p('to'))
      .groupBy('state'),
  (row) => stateCountRow.parse(row),
);
const inState = statement<Within & Readonly<{ state: string; limit: number }>, Message>(
  (db, p) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('portal', '=', p('portal'))
      .where('direction', '=', p('direction'))
      .where('at', '>=', p('from'))
      .where('at', '<', p('to'))
      .where('state', '=', p('state'))
      .orderBy('position')
      .limit(sql<number>`${p('limit')}`),
  (row) => messageRow.parse(row),
);

const newest = statement<{ portal: string }, Message>(
  (db, p) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('portal', '=', p('portal'))
      .where('direction', '=', 'inbound')
      .orderBy('at', 'desc')
      .limit(1),
  (row) => messageRow.parse(row),
);

/** The customer's last word. */
export function newestInbound(reading: Reading, portal: PortalId): Promise<Message | undefined> {
  return reading.get(newest, { portal });
}

/** How many messages are in each state; states without any are left out. */
export function countMessages(
  reading: Reading,
  { portal, direction, from, to }: MessagesOf,
): Promise<readonly { readonly state: MessageState; readonly n: number }[]> {
  return reading.all(countStates, { portal, direction, from, to });
}

/** Messages in one state, oldest first. */
export function messagesIn(
  reading: Reading,
  { portal, direction, from, to, state, limit }: MessagesOf & { readonly state: MessageState; readonly limit: number },
): Promise<readonly Message[]> {
  return reading.all(inState, { portal, direction, from, to, state, limit });
}

export function messageAt(reading: Reading, position: Position): Promise<Message | undefined> {
  return reading.get(byPosition, { position });
}

/** The message that `event` in `room` is or shows. */
export async function messageByEvent(reading: Reading, room: RoomId, event: EventId): Promise<Message | undefined> {
  const message = (await reading.get(byEvent, { event })) ?? (await shownBy(reading, event));
  return message?.room === room ? message : undefined;
}

async function shownBy(reading: Reading, event: EventId): Promise<Message | undefined> {
  const of = (await messageShownBy(reading, event)) ?? (await messageOfChangeShown(reading, event));
  return of === undefined ? undefined : messageAt(reading, of);
}

const insert = statement<{
  position: number;
  portal: string;
  direction: string;
  room: string | null;
  event: string | null;
  sender: string | null;
  at: number;
  recordedAt: number;
}>((db, p) =>
  db.insertInto('message').values({
    position: p('position'),
    portal: p('portal'),
    direction: p('direction'),
    room: p('room'),
    event_id: p('event'),
    sender: p('sender'),
    at: p('at'),
    recorded_at: p('recordedAt'),
    state: 'waiting',
    changed: p('position'),
    reason: null,
    attempts: 0,
    generation: 0,
    replaced_by: null,
    attempted_version: null,
    withdraw_wish: 0,
    was_unknown: 0,
    late_edits: 0,
  }),
);
const update = statement<{
  position: number;
  room: string | null;
  event: string | null;
  state: string;
  changed: number;
  reason: string | null;
  attempts: number;
  generation: number;
  replacedBy: number | null;
  attemptedVersion: number | null;
  withdrawWish: number;
  wasUnknown: number;
  lateEdits: number;
}>((db, p) =>
  db
    .updateTable('message')
    .set({
      room: p('room'),
      event_id: p('event'),
      state: p('state'),
      changed: p('changed'),
      reason: p('reason'),
      attempts: p('attempts'),
      generation: p('generation'),
      replaced_by: p('replacedBy'),
      attempted_version: p('attemptedVersion'),
      withdraw_wish: p('withdrawWish'),
      was_unknown: p('wasUnknown'),
      late_edits: p('lateEdits'),
    })
    .where('position', '=', p('position')),
);

export type NewMessage = Pick<
  Message,
  'position' | 'portal' | 'direction' | 'room' | 'event' | 'sender' | 'at' | 'recordedAt'
>;

export async function addMessage(writing: Writing, made: NewMessage): Promise<void> {
  const { position, portal, direction, at, recordedAt } = made;
  const nullable = { room: made.room ?? null, event: made.event ?? null, sender: made.sender ?? null };
  await writing.run(insert, { position, portal, direction, at, recordedAt, ...nullable });
}

export async function saveMessage(writing: Writing, message: Message): Promise<void> {
  await writing.run(update, {
    position: message.position,
    room: message.room ?? null,
    event: message.event ?? null,
    state: message.state,
    changed: message.changed,
    reason: message.reason ?? null,
    attempts: message.attempts,
    generation: message.generation,
    replacedBy: message.replacedBy ?? null,
    attemptedVersion: message.attemptedVersion ?? null,
    withdrawWish: message.withdrawWish ? 1 : 0,
    wasUnknown: message.wasUnknown ? 1 : 0,
    lateEdits: message.lateEdits,
  });
}

export function messageSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists message (position ${t.int} primary key, portal ${t.text} not null, direction ${t.text} not null, room ${t.text}, event_id ${t.text}, sender ${t.text}, at ${t.int} not null, recorded_at ${t.int} not null, state ${t.text} not null, changed ${t.int} not null, reason ${t.text}, attempts ${t.int} not null, generation ${t.int} not null, replaced_by ${t.int}, attempted_version ${t.int}, withdraw_wish ${t.int} not null, was_unknown ${t.int} not null, late_edits ${t.int} not null)${t.strict}`,
    'create index if not exists message_by_event on message (event_id)',
    'create index if not exists message_by_portal on message (portal, direction, at)',
    `create index if not exists message_failed on message (portal, changed) where direction = 'outbound' and state in ('failed', 'unknown')`,
    `create index if not exists message_inbound on message (recorded_at, portal) where direction = 'inbound'`,
  ];
}
