/**
 * What a desk is to be told of, in spans of a minute: of the first few of a span one by one, of all the others in one line
 * at its end. Which is which follows from the entries alone, so that whoever tells after a crash tells the same. Ids alone.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { must, parseMillis, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const POLICY_TELLING = 'policy-telling';

export const SPAN_MS = 60_000;
/** Of a span so many are told one by one. */
export const ONE_BY_ONE = 3;
/** Of what is told in one line so many are looked at for what they are. */
const MOST_NAMED = 100;
/** What stands this many entries back was told long ago. */
const KEPT_ENTRIES = 1_000_000;

export interface Telling {
  readonly position: Position;
  /** The first that was told in the span. */
  readonly span: Position;
  readonly began: Millis;
  /** 1, 2, 3, ... within it. */
  readonly nth: number;
}

const row = z
  .object({ position: z.number(), span: z.number(), began: z.number(), nth: z.number() })
  .transform(({ position, span, began, nth }): Telling => ({
    position: must(parsePosition(position)),
    span: must(parsePosition(span)),
    began: must(parseMillis(began)),
    nth,
  }));
const countRow = z.object({ count: z.coerce.number() });
const positionRow = z.object({ position: z.number() });

const COLUMNS = ['position', 'span', 'began', 'nth'] as const;
const insert = statement<{ position: number; span: number; began: number; nth: number }>((db, p) =>
  db
    .insertInto('policy_telling')
    .values({ position: p('position'), span: p('span'), began: p('began'), nth: p('nth') }),
);
const forget = statement<{ before: number }>((db, p) =>
  db.deleteFrom('policy_telling').where('position', '<', p('before')),
);
const newest = statement<Record<string, never>, Telling>(
  (db) => db.selectFrom('policy_telling').select(COLUMNS).orderBy('position', 'desc').limit(1),
  (found) => row.parse(found),
);
const byPosition = statement<{ position: number }, Telling>(
  (db, p) => db.selectFrom('policy_telling').select(COLUMNS).where('position', '=', p('position')),
  (found) => row.parse(found),
);
const countFrom = statement<{ span: number; nth: number }, z.infer<typeof countRow>>(
  (db, p) =>
    db
      .selectFrom('policy_telling')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('span', '=', p('span'))
      .where('nth', '>=', p('nth')),
  (found) => countRow.parse(found),
);
const listFrom = statement<{ span: number; nth: number }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('policy_telling')
      .select('position')
      .where('span', '=', p('span'))
      .where('nth', '>=', p('nth'))
      .orderBy('position')
      .limit(MOST_NAMED),
  (found) => positionRow.parse(found),
);

/** Undefined for what nobody is told of. */
export function tellingAt(reading: Reading, position: Position): Promise<Telling | undefined> {
  return reading.get(byPosition, { position });
}

/** What is told together with this one: how many there are, and the first hundred of them. */
export async function toldWith(
  reading: Reading,
  { span, nth }: Telling,
): Promise<{ readonly count: number; readonly first: readonly Position[] }> {
  const count = (await reading.get(countFrom, { span, nth }))?.count ?? 0;
  const rows = await reading.all(listFrom, { span, nth });
  return { count, first: rows.map(({ position }) => must(parsePosition(position))) };
}

/**
 * A rule asked for it, something milder was done than it wanted, or nobody could look. What waits for a decision has a
 * card, which tells more.
 */
function tellsOf({ hits, failed, consequence }: EntryOf<'policy.verdict'>['body']): boolean {
  if (consequence === 'quarantine') return false;
  if (failed !== undefined) return consequence !== 'none';
  return hits.some(({ dryRun, notify }) => notify && !dryRun);
}

/** Also what was to be taken away and stands there still. */
function isTold(entry: Entry): boolean {
  if (entry.kind === 'policy.verdict') return tellsOf(entry.body);
  return entry.kind === 'policy.redacted' && entry.body.how === 'not-possible';
}

async function note({ position, recordedAt }: Entry, writing: Writing): Promise<void> {
  const last = await writing.get(newest, {});
  // A clock that was set back begins anew: nothing is added to a span that may be told already.
  const passed = last === undefined ? SPAN_MS : recordedAt - last.began;
  const goesOn = last !== undefined && passed >= 0 && passed < SPAN_MS;
  const at = goesOn ? { span: last.span, began: last.began, nth: last.nth + 1 } : fresh(position, recordedAt);
  await writing.run(insert, { position, ...at });
  await writing.run(forget, { before: position - KEPT_ENTRIES });
}

function fresh(position: Position, recordedAt: Millis): Omit<Telling, 'position'> {
  return { span: position, began: recordedAt, nth: 1 };
}

export const tellingProjection: Projection = {
  name: POLICY_TELLING,
  tables: ['policy_telling'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_telling (position ${t.int} primary key, span ${t.int} not null, began ${t.int} not null, nth ${t.int} not null)${t.strict}`,
      'create index if not exists policy_telling_span on policy_telling (span, nth)',
    ];
  },
  apply: async (entry, writing) => {
    if (isTold(entry)) await note(entry, writing);
  },
  // How many were told in a minute is counted on from those before.
  carried: [{ table: 'policy_telling', column: 'position', of: 'record' }],
};
