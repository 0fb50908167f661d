/** The reactions of staff on messages in their portals: the network hears of all of a line's people as one. */
import { z } from 'zod';
import { must, parsePosition, type EventId, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export interface StaffReaction {
  readonly event: EventId;
  /** The message that it stands on. */
  readonly of: Position;
  readonly key: string;
  readonly position: Position;
}

interface StandingReaction {
  /** The message that it stands on, or stood. */
  readonly of: Position;
  readonly position: Position;
  readonly gone: boolean;
}

const byEvent = statement<{ event: string }, StandingReaction>(
  (db, p) => db.selectFrom('staff_reaction').select(['of', 'position', 'gone']).where('event', '=', p('event')),
  (row) => {
    const { of, position, gone } = z
      .object({ of: z.number(), position: z.number(), gone: z.number().nullable() })
      .parse(row);
    return { of: must(parsePosition(of)), position: must(parsePosition(position)), gone: gone !== null };
  },
);
const byMessage = statement<{ of: number }, string>(
  (db, p) =>
    db
      .selectFrom('staff_reaction')
      .select('key')
      .where('of', '=', p('of'))
      .where('gone', 'is', null)
      .orderBy('position'),
  (row) => z.object({ key: z.string() }).parse(row).key,
);
const insert = statement<{ event: string; of: number; key: string; position: number }>((db, p) =>
  db
    .insertInto('staff_reaction')
    .values({ event: p('event'), of: p('of'), key: p('key'), position: p('position'), gone: null })
    .onConflict((oc) => oc.column('event').doNothing()),
);
const takeAway = statement<{ event: string; gone: number }>((db, p) =>
  db
    .updateTable('staff_reaction')
    .set({ gone: p('gone') })
    .where('event', '=', p('event'))
    .where('gone', 'is', null),
);

/** The reaction that `event` is or was. */
export function staffReaction(reading: Reading, event: EventId): Promise<StandingReaction | undefined> {
  return reading.get(byEvent, { event });
}

/** All that staff have on a message, oldest first, each once. */
export async function reactionsOn(reading: Reading, of: Position): Promise<readonly string[]> {
  return [...new Set(await reading.all(byMessage, { of }))];
}

export async function noteReaction(writing: Writing, reaction: StaffReaction): Promise<void> {
  await writing.run(insert, reaction);
}

/** Taken away by the redaction at `gone`. */
export async function takeReactionAway(writing: Writing, event: EventId, gone: Position): Promise<void> {
  await writing.run(takeAway, { event, gone });
}

export function staffReactionSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists staff_reaction (event ${t.text} primary key, "of" ${t.int} not null, key ${t.text} not null, position ${t.int} not null, gone ${t.int})${t.strict}`,
    'create index if not exists staff_reaction_by_message on staff_reaction ("of", position)',
  ];
}
