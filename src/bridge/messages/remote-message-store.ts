/**
 * What the networks call the messages that they brought, and what they brought about messages later: an edit, a deletion, a
 * reaction. Ids are kept as keyed hashes, like those of what was sent (`provider-id-store.ts`).
 */
import { z } from 'zod';
import { must, parsePosition, type ConnectorId, type Position, type RemoteId } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { sentAs } from './provider-id-store.ts';

const ID = 'remote_message.lookup';

const ofRow = z.object({ of: z.number() }).transform((row) => must(parsePosition(row.of)));

const byId = statement<{ connector: string; lookup: string }, Position>(
  (db, p) =>
    db
      .selectFrom('remote_message')
      .select('of')
      .where('connector', '=', p('connector'))
      .where('lookup', '=', p('lookup'))
      .orderBy('of', 'desc')
      .limit(1),
  (row) => ofRow.parse(row),
);
const insert = statement<{ connector: string; lookup: string; of: number }>((db, p) =>
  db.insertInto('remote_message').values({ connector: p('connector'), lookup: p('lookup'), of: p('of') }),
);
const insertChange = statement<{ position: number; of: number }>((db, p) =>
  db.insertInto('remote_change').values({ position: p('position'), of: p('of') }),
);
const changed = statement<{ position: number }, Position>(
  (db, p) => db.selectFrom('remote_change').select('of').where('position', '=', p('position')).orderBy('of'),
  (row) => ofRow.parse(row),
);

const changesOfOne = statement<{ of: number }, Position>(
  (db, p) =>
    db.selectFrom('remote_change').select('position').where('of', '=', p('of')).orderBy('position').limit(1_000),
  (row) => must(parsePosition(z.object({ position: z.number() }).parse(row).position)),
);

/** Notes what the network calls a message that it brought. */
export async function noteRemote(
  writing: Writing,
  sealer: Sealer,
  seen: { readonly connector: ConnectorId; readonly id: RemoteId; readonly of: Position },
): Promise<void> {
  const { connector, id, of } = seen;
  await writing.run(insert, { connector, lookup: sealer.lookup(ID, id), of });
}

/** The message of that id, whichever way it went; of several the newest that came in. */
export async function messageOfRemote(
  reading: Reading,
  sealer: Sealer,
  { connector, id }: { readonly connector: ConnectorId; readonly id: RemoteId },
): Promise<Position | undefined> {
  const came = await reading.get(byId, { connector, lookup: sealer.lookup(ID, id) });
  return came ?? (await sentAs(reading, sealer, { connector, ids: [id] }))?.of;
}

/** Notes which message an edit, a deletion or a reaction of the network's is about. */
export async function noteChange(writing: Writing, change: { position: Position; of: Position }): Promise<void> {
  await writing.run(insertChange, change);
}

/** The messages that the entry at `position` is about; none where they are not on record. */
export function messagesChangedBy(reading: Reading, position: Position): Promise<readonly Position[]> {
  return reading.all(changed, { position });
}

/** The edits, deletions and reactions of the network's that are about the message at `of`, oldest first. */
export function changesOf(reading: Reading, of: Position): Promise<readonly Position[]> {
  return reading.all(changesOfOne, { of });
}

export function remoteMessageSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists remote_message (connector ${t.text} not null, lookup ${t.text} not null, "of" ${t.int} not null, primary key (connector, lookup, "of"))${t.strict}`,
    'create index if not exists remote_message_by_message on remote_message ("of")',
    `create table if not exists remote_change (position ${t.int} not null, "of" ${t.int} not null, primary key (position, "of"))${t.strict}`,
    'create index if not exists remote_change_by_message on remote_change ("of")',
  ];
}
