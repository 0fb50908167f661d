/**
 * Projection `retention-copies`: which messages of ours quote which records: answers, cards, notices. A copy goes when
 * what it quotes goes.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { parsePosition, type Position, type UserId } from '../../core/ids.ts';
import { sourceOf } from '../../core/shown-source.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

const REFS_KEY = 'org.gatehouse.refs';
/** What one message quotes at most. */
const MOST_REFS = 1_000;

const positionRow = z.object({ position: z.custom<Position>((value) => parsePosition(value).ok) });

const insertCopy = statement<{ of: number; position: number }>((db, p) =>
  db
    .insertInto('retention_copy')
    .values({ of_position: p('of'), position: p('position') })
    .onConflict((conflict) => conflict.columns(['of_position', 'position']).doNothing()),
);
const selectCopies = statement<{ of: number }, z.infer<typeof positionRow>>(
  (db, p) => db.selectFrom('retention_copy').select('position').where('of_position', '=', p('of')).orderBy('position'),
  (row) => positionRow.parse(row),
);
const selectQuoted = statement<{ position: number }, z.infer<typeof positionRow>>(
  (db, p) => db.selectFrom('retention_copy').select('of_position as position').where('position', '=', p('position')),
  (row) => positionRow.parse(row),
);
const dropCopy = statement<{ position: number }>((db, p) =>
  db.deleteFrom('retention_copy').where('position', '=', p('position')),
);

/** Our messages that quote this record. */
export async function copiesOf(reading: Reading, of: Position): Promise<readonly Position[]> {
  return (await reading.all(selectCopies, { of })).map((row) => row.position);
}

/** The records that this message of ours quotes; none where it is no such message. */
export async function quotedBy(reading: Reading, copy: Position): Promise<readonly Position[]> {
  return (await reading.all(selectQuoted, { position: copy })).map((row) => row.position);
}

/** The records that a message of ours quotes: anybody can write that key. */
function quotedIn({ content }: EntryOf<'matrix.event'>['body']): readonly Position[] {
  const refs = content[REFS_KEY];
  if (!Array.isArray(refs)) return [];
  return refs.slice(0, MOST_REFS).flatMap((ref) => {
    const position = parsePosition(ref);
    return position.ok ? [position.value] : [];
  });
}

export function copiesProjection(isOurs: (user: UserId) => boolean): Projection {
  return {
    name: 'retention-copies',
    tables: ['retention_copy'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists retention_copy (of_position ${t.int} not null, position ${t.int} not null, primary key (of_position, position))${t.strict}`,
        'create index if not exists retention_copy_position on retention_copy (position)',
      ];
    },
    apply: async (entry, writing) => {
      if (entry.kind === 'matrix.event' && isOurs(entry.body.sender)) await onOurs(entry, writing);
    },
    forget: async (entry, writing) => {
      await writing.run(dropCopy, { position: entry.position });
    },
  };
}

async function onOurs({ position, body }: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  const epoch = sourceOf(body.content)?.epoch;
  for (const of of quotedIn(body)) {
    // Of an earlier epoch: the position was given again since, to another record.
    const isLost = of >= position || (epoch !== undefined && epoch < (await epochAt(of, writing)));
    if (!isLost) await writing.run(insertCopy, { of, position });
  }
}
