/**
 * Projection `retention-copies`: which messages of ours quote which records (answers, cards, notices), and which event
 * is the present state of a room. A copy goes when what it quotes goes; the present state stays.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { parsePosition, type Position, type UserId } from '../../core/ids.ts';
import { sourceOf } from '../../core/shown-source.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

const REFS_KEY = 'org.gatehouse.refs';
/** What one message quotes at most. */
const MOST_REFS = 1_000;
/** Under which a state event's type and key are looked up: keys are people. */
const STATE = 'retention_room_state.key';

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
const dropCopy = statement<{ position: number }>((db, p) =>
  db.deleteFrom('retention_copy').where('position', '=', p('position')),
);
const putState = statement<{ room: string; key: string; position: number }>((db, p) =>
  db
    .insertInto('retention_room_state')
    .values({ room: p('room'), key: p('key'), position: p('position') })
    .onConflict((conflict) => conflict.columns(['room', 'key']).doUpdateSet({ position: p('position') })),
);
const selectState = statement<{ room: string; key: string }, z.infer<typeof positionRow>>(
  (db, p) =>
    db.selectFrom('retention_room_state').select('position').where('room', '=', p('room')).where('key', '=', p('key')),
  (row) => positionRow.parse(row),
);
const dropRoom = statement<{ room: string }>((db, p) =>
  db.deleteFrom('retention_room_state').where('room', '=', p('room')),
);

/** Our messages that quote this record. */
export async function copiesOf(reading: Reading, of: Position): Promise<readonly Position[]> {
  return (await reading.all(selectCopies, { of })).map((row) => row.position);
}

/** Whether this event is what its room is like now. */
export async function isPresentState(
  { position, body }: EntryOf<'matrix.event'>,
  reading: Reading,
  sealer: Sealer,
): Promise<boolean> {
  if (body.state_key === undefined) return false;
  const row = await reading.get(selectState, { room: body.room_id, key: stateKey(body, sealer) });
  return row?.position === position;
}

function stateKey({ type, state_key }: EntryOf<'matrix.event'>['body'], sealer: Sealer): string {
  return sealer.lookup(STATE, JSON.stringify([type, state_key]));
}

/** The records that a message of ours quotes: anybody can write that key. */
export function quotedIn({ content }: EntryOf<'matrix.event'>['body']): readonly Position[] {
  const refs = content[REFS_KEY];
  if (!Array.isArray(refs)) return [];
  return refs.slice(0, MOST_REFS).flatMap((ref) => {
    const position = parsePosition(ref);
    return position.ok ? [position.value] : [];
  });
}

async function onEvent(
  { position, body }: EntryOf<'matrix.event'>,
  { writing, sealer, isOurs }: { writing: Writing; sealer: Sealer; isOurs: (user: UserId) => boolean },
): Promise<void> {
  if (body.state_key !== undefined) {
    await writing.run(putState, { room: body.room_id, key: stateKey(body, sealer), position });
  }
  if (!isOurs(body.sender)) return;
  const epoch = sourceOf(body.content)?.epoch;
  for (const of of quotedIn(body)) {
    // Of an earlier epoch: the position was given again since, to another record.
    const isLost = of >= position || (epoch !== undefined && epoch < (await epochAt(of, writing)));
    if (!isLost) await writing.run(insertCopy, { of, position });
  }
}

export function copiesProjection(isOurs: (user: UserId) => boolean): Projection {
  return {
    name: 'retention-copies',
    tables: ['retention_copy', 'retention_room_state'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists retention_copy (of_position ${t.int} not null, position ${t.int} not null, primary key (of_position, position))${t.strict}`,
        'create index if not exists retention_copy_position on retention_copy (position)',
        `create table if not exists retention_room_state (room ${t.text} not null, key ${t.text} not null, position ${t.int} not null, primary key (room, key))${t.strict}`,
      ];
    },
    apply: async (entry, writing, sealer) => {
      if (entry.kind === 'matrix.event') await onEvent(entry, { writing, sealer, isOurs });
      if (entry.kind === 'room.gone') await writing.run(dropRoom, { room: entry.body.room });
    },
    forget: async (entry, writing) => {
      await writing.run(dropCopy, { position: entry.position });
    },
  };
}
