/** Which of our messages are cards of what, and which taps of people were taken back: ids alone. */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { must, parseEventId, parsePosition, parseRoomId, type EventId } from '../../core/ids.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import { sourceOf } from '../../core/shown-source.ts';
import { kindOfUser } from '../../bridge/people/our-users.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { ourRoom } from '../our-room-store.ts';
import { tapIn } from './tap.ts';

const DESK_CARDS = 'desk-cards';

/** By this part of our events a card is known. */
const CARD_PART = 'card-';
/** Taps that are remembered: who acts on one is never that many entries behind. */
const KEPT_ENTRIES = 1_000_000;

export interface Card {
  readonly event: EventId;
  readonly room: RoomId;
  /** What it asks about: a verdict, or the proposal of a change of rules. */
  readonly about: Position;
}

const cardRow = z.object({ event: z.string(), room: z.string(), verdict: z.number() }).transform((row) => ({
  event: must(parseEventId(row.event)),
  room: must(parseRoomId(row.room)),
  about: must(parsePosition(row.verdict)),
}));
const tapRow = z.object({ gone: z.number() });

const selectCard = statement<{ event: string }, Card>(
  (db, p) => db.selectFrom('desk_card').select(['event', 'room', 'verdict']).where('event', '=', p('event')),
  (row) => cardRow.parse(row),
);
const selectCards = statement<{ verdict: number }, Card>(
  (db, p) =>
    db
      .selectFrom('desk_card')
      .select(['event', 'room', 'verdict'])
      .where('verdict', '=', p('verdict'))
      .orderBy('event')
      .limit(100),
  (row) => cardRow.parse(row),
);
const insertCard = statement<{ event: string; room: string; verdict: number }>((db, p) =>
  db
    .insertInto('desk_card')
    .values({ event: p('event'), room: p('room'), verdict: p('verdict') })
    .onConflict((oc) => oc.column('event').doNothing()),
);
const selectTap = statement<{ event: string }, z.infer<typeof tapRow>>(
  (db, p) => db.selectFrom('desk_tap').select('gone').where('event', '=', p('event')),
  (row) => tapRow.parse(row),
);
const insertTap = statement<{ event: string; position: number }>((db, p) =>
  db
    .insertInto('desk_tap')
    .values({ event: p('event'), position: p('position'), gone: 0 })
    .onConflict((oc) => oc.column('event').doNothing()),
);
const dropTap = statement<{ event: string }>((db, p) =>
  db.updateTable('desk_tap').set({ gone: 1 }).where('event', '=', p('event')),
);
const dropCard = statement<{ event: string }>((db, p) => db.deleteFrom('desk_card').where('event', '=', p('event')));
const removeTap = statement<{ event: string }>((db, p) => db.deleteFrom('desk_tap').where('event', '=', p('event')));
const forgetTaps = statement<{ before: number }>((db, p) =>
  db.deleteFrom('desk_tap').where('position', '<', p('before')),
);

export function cardOf(reading: Reading, event: EventId): Promise<Card | undefined> {
  return reading.get(selectCard, { event });
}

export function cardsFor(reading: Reading, about: Position): Promise<readonly Card[]> {
  return reading.all(selectCards, { verdict: about });
}

/** Whether the reaction was redacted since. */
export async function isTakenBack(reading: Reading, tap: EventId): Promise<boolean> {
  return (await reading.get(selectTap, { event: tap }))?.gone === 1;
}

/** The part under which the card is sent to a desk's room. */
export function cardPart(room: RoomId): string {
  return `${CARD_PART}${room}`;
}

/** Only what @compliance itself said is a card: anybody can write that key. Before a restore the position was another's. */
async function shownOn({ body }: EntryOf<'matrix.event'>, reading: Reading): Promise<Position | undefined> {
  if (body.type !== 'm.room.message') return undefined;
  const source = sourceOf(body.content);
  if (source?.part !== cardPart(body.room_id)) return undefined;
  return source.epoch === (await epochAt(source.position, reading)) ? source.position : undefined;
}

async function onEvent(entry: EntryOf<'matrix.event'>, writing: Writing, domain: string): Promise<void> {
  const { event_id: event, room_id: room, sender, type } = entry.body;
  if (type === 'm.room.redaction') return onRedaction(entry, writing);
  if (sender === `@compliance:${domain}`) {
    const verdict = await shownOn(entry, writing);
    if (verdict !== undefined) await writing.run(insertCard, { event, room, verdict });
    return;
  }
  if (tapIn(entry.body) === undefined || kindOfUser(sender, domain) !== 'local') return;
  if ((await ourRoom(writing, room))?.kind !== 'desk') return;
  await writing.run(insertTap, { event, position: entry.position });
  await writing.run(forgetTaps, { before: entry.position - KEPT_ENTRIES });
}

/** From room version 11 on, the target stands in the content. */
async function onRedaction({ body }: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  const of = parseEventId(body.redacts ?? body.content['redacts']);
  if (of.ok) await writing.run(dropTap, { event: of.value });
}

export function deskCardsProjection(domain: string): Projection {
  return {
    name: DESK_CARDS,
    tables: ['desk_card', 'desk_tap'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists desk_card (event ${t.text} primary key, room ${t.text} not null, verdict ${t.int} not null)${t.strict}`,
        'create index if not exists desk_card_verdict on desk_card (verdict)',
        `create table if not exists desk_tap (event ${t.text} primary key, position ${t.int} not null, gone ${t.int} not null)${t.strict}`,
        'create index if not exists desk_tap_position on desk_tap (position)',
      ];
    },
    apply: async (entry: Entry, writing) => {
      if (entry.kind === 'matrix.event') await onEvent(entry, writing, domain);
    },
    forget: async (entry, writing) => {
      if (entry.kind !== 'matrix.event') return;
      const { event_id: event } = entry.body;
      await writing.run(dropCard, { event });
      await writing.run(removeTap, { event });
    },
  };
}
