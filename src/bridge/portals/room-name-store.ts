/**
 * By what names and addresses people know each room, now or once: whoever searches may remember the old name. Kept as
 * keyed hashes of the folded name, so that a room is found by its whole name and no name stands in the table.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { RoomId } from '../../core/ids.ts';
import { fold } from '../../journal/search/fold.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const CALLED = 'room_called.called';
/** Rooms of one name: "General" there may be many. */
const MOST_ROOMS = 500;
/** Of one event. */
const MOST_ALIASES = 100;
const LONGEST_NAME = 1_000;

const roomRow = z.object({ room: column.room });

const insertCalled = statement<{ called: string; room: string }>((db, p) =>
  db
    .insertInto('room_called')
    .values({ called: p('called'), room: p('room') })
    .onConflict((conflict) => conflict.columns(['called', 'room']).doNothing()),
);
const selectCalled = statement<{ called: string }, z.infer<typeof roomRow>>(
  (db, p) =>
    db.selectFrom('room_called').select('room').where('called', '=', p('called')).orderBy('room').limit(MOST_ROOMS),
  (row) => roomRow.parse(row),
);

/** Rooms that have or had this name or this address (`#deals:acme.example`), whatever its case; at most 500. */
export async function roomsCalled(reading: Reading, sealer: Sealer, name: string): Promise<readonly RoomId[]> {
  const called = sealer.lookup(CALLED, folded(name));
  return (await reading.all(selectCalled, { called })).map(({ room }) => room);
}

function folded(name: string): string {
  return fold(name).replaceAll(/\s+/gu, ' ').trim();
}

/** What `entry` calls its room. */
function namesIn(entry: Entry): readonly string[] {
  if (entry.kind !== 'matrix.event' || entry.body.state_key !== '') return [];
  return namesInState(entry.body).filter((name) => name.length <= LONGEST_NAME && folded(name) !== '');
}

function namesInState({ type, content }: EntryOf<'matrix.event'>['body']): readonly string[] {
  if (type === 'm.room.name') return typeof content['name'] === 'string' ? [content['name']] : [];
  if (type !== 'm.room.canonical_alias') return [];
  const { alt_aliases: others } = content;
  const more: readonly unknown[] = Array.isArray(others) ? others.slice(0, MOST_ALIASES) : [];
  return [content['alias'], ...more].filter((alias) => typeof alias === 'string');
}

export const roomNamesProjection: Projection = {
  name: 'room-names',
  tables: ['room_called'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists room_called (called ${t.text} not null, room ${t.text} not null, primary key (called, room))${t.strict}`,
    ];
  },
  apply: async (entry, writing, sealer) => {
    if (entry.kind !== 'matrix.event') return;
    const { room_id: room } = entry.body;
    for (const name of namesIn(entry)) {
      await writing.run(insertCalled, { called: sealer.lookup(CALLED, folded(name)), room });
    }
  },
  forget: forgetUnnamed('room', ['room_called', 'room']),
  carried: [{ table: 'room_called', column: 'room', of: 'room' }],
};
