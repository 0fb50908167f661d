/**
 * What is still being worked on does not go from under it: a record with an open task or an undecided item, its own or of
 * a record next to it in its family, stays up to 30 days longer than its class says. Then it goes all the same: whoever
 * takes up the task finds the record erased, and gives it up.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parseMillis, type Millis, type Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import type { Erasing, ErasingView, Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { hasOpenTask } from '../../tasks/open-tasks.ts';
import { linksOf } from '../families/links.ts';
import { speakingOf } from '../families/link-store.ts';

/** DESIGN 6. */
export const LONGEST_DELAY_MS = 30 * 86_400_000;

export interface OpenWorkDeps {
  /** Whether people have yet to decide about this record: it is the item, or what the item is about. */
  readonly isUndecided: (position: Position, reading: Reading) => Promise<boolean>;
}

const delayRow = z.object({ since: z.custom<Millis>((value) => parseMillis(value).ok) });
const insertDelay = statement<{ position: number; since: number }>((db, p) =>
  db
    .insertInto('retention_delay')
    .values({ position: p('position'), since: p('since') })
    .onConflict((conflict) => conflict.column('position').doNothing()),
);
const selectDelay = statement<{ position: number }, z.infer<typeof delayRow>>(
  (db, p) => db.selectFrom('retention_delay').select('since').where('position', '=', p('position')),
  (row) => delayRow.parse(row),
);
const dropDelays = statement<{ from: number; to: number }>((db, p) =>
  db.deleteFrom('retention_delay').where('position', '>=', p('from')).where('position', '<=', p('to')),
);

/** Whether it is on record since when something open keeps this record. */
export async function isDelayed(position: Position, reading: Reading): Promise<boolean> {
  return (await reading.get(selectDelay, { position })) !== undefined;
}

/** Which of these stay because something about them is open, and why. */
export function openWork({ isUndecided }: OpenWorkDeps): Erasing {
  return async (entries, view) => {
    const stay: LeftOut[] = [];
    for (const entry of entries) {
      const why = await openAbout(entry, view, isUndecided);
      if (why !== undefined && !(await isOver(entry.position, view))) stay.push({ position: entry.position, why });
    }
    return stay;
  };
}

async function isOver(position: Position, { reading, now }: ErasingView): Promise<boolean> {
  const delay = await reading.get(selectDelay, { position });
  return delay !== undefined && now - delay.since >= LONGEST_DELAY_MS;
}

async function openAbout(
  entry: Entry,
  view: ErasingView,
  isUndecided: OpenWorkDeps['isUndecided'],
): Promise<'open-task' | 'open-item' | undefined> {
  for await (const position of nextTo(entry, view)) {
    if (await hasOpenTask(view.reading, position)) return 'open-task';
    if (await isUndecided(position, view.reading)) return 'open-item';
  }
  return undefined;
}

/** The record itself, what it speaks of, and what speaks of it. */
async function* nextTo(entry: Entry, view: ErasingView): AsyncGenerator<Position> {
  yield entry.position;
  const { of, events } = linksOf(entry);
  yield* of;
  for (const event of events) yield* await view.ofEvent(event);
  for await (const page of speakingOf(entry, view.reading)) yield* page;
}

async function onErased({ body, recordedAt }: EntryOf<'retention.erased'>, writing: Writing): Promise<void> {
  const waiting = body.leftOut.filter(({ why }) => why === 'open-task' || why === 'open-item');
  for (const { position } of waiting) await writing.run(insertDelay, { position, since: recordedAt });
  // What was left out stands between the spans of what went.
  for (const [from, to] of body.spans) await writing.run(dropDelays, { from, to });
}

/** Projection `retention-delays`: since when what waits for which record has kept it. */
export const delaysProjection: Projection = {
  name: 'retention-delays',
  tables: ['retention_delay'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_delay (position ${t.int} primary key, since ${t.int} not null)${t.strict}`,
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind === 'retention.erased') await onErased(entry, writing);
  },
};
