/**
 * Who said what before in a room, as positions alone: a number that is written over several messages is found where the
 * texts before are read again. The newest few of each sender and room are known.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import {
  must,
  parsePosition,
  type Millis,
  type PortalId,
  type Position,
  type RoomId,
  type UserId,
} from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { hasRuleFor } from './direction-store.ts';

export const POLICY_SAID = 'policy-said';

/** More than are looked back over: others may have come since, before the message is judged. */
const KEPT = 20;
/** Rows that are read for one message: edits among them replace others. */
const READ = 10;
const SENDER = 'policy_said.sender';

type Place = PortalId | RoomId;
type Of = Readonly<{ place: string; sender: string }>;
type Positioned = Readonly<{ position: number }>;

const positionRow = z.object({ position: z.number() });

const insertSaid = statement<Of & Positioned & Readonly<{ at: number }>>((db, p) =>
  db
    .insertInto('policy_said')
    .values({ position: p('position'), place: p('place'), sender: p('sender'), at: p('at') })
    .onConflict((conflict) => conflict.column('position').doNothing()),
);
const firstTooMany = statement<Of, Positioned>(
  (db, p) =>
    db
      .selectFrom('policy_said')
      .select('position')
      .where('place', '=', p('place'))
      .where('sender', '=', p('sender'))
      .orderBy('position', 'desc')
      .offset(KEPT)
      .limit(1),
  (row) => positionRow.parse(row),
);
const removeUpTo = statement<Of & Positioned>((db, p) =>
  db
    .deleteFrom('policy_said')
    .where('place', '=', p('place'))
    .where('sender', '=', p('sender'))
    .where('position', '<=', p('position')),
);
const selectBefore = statement<Of & Positioned & Readonly<{ from: number; to: number }>, Positioned>(
  (db, p) =>
    db
      .selectFrom('policy_said')
      .select('position')
      .where('place', '=', p('place'))
      .where('sender', '=', p('sender'))
      .where('position', '<', p('position'))
      .where('at', '>=', p('from'))
      .where('at', '<=', p('to'))
      .orderBy('position', 'desc')
      .limit(READ),
  (row) => positionRow.parse(row),
);

/** Whose words the entry holds: a user of Matrix, or the ghost of an address. */
export function senderOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'matrix.event':
      return entry.body.sender;
    case 'network.message':
      return entry.actor ?? entry.body.from;
    case 'portal.wanted':
      return entry.body.by;
    default:
      return undefined;
  }
}

/** A chat with an outside person is one place, whatever room it is in. */
export function placeOf(entry: Entry): Place | undefined {
  return entry.portal ?? entry.room;
}

/**
 * The sender's texts before this entry in its room, the newest first: positions alone. `withinMs` is to either side of
 * the entry's own time, for what is fetched later has a later position and an earlier time.
 */
export async function saidBefore(
  entry: Entry,
  withinMs: number,
  at: { readonly reading: Reading; readonly sealer: Sealer },
): Promise<readonly Position[]> {
  const of = keyOf(entry, at.sealer);
  if (of === undefined) return [];
  const span = { position: entry.position, from: entry.at - withinMs, to: entry.at + withinMs };
  const rows = await at.reading.all(selectBefore, { ...of, ...span });
  return rows.map(({ position }) => must(parsePosition(position)));
}

function keyOf(entry: Entry, sealer: Sealer): Of | undefined {
  const place = placeOf(entry);
  const sender = senderOf(entry);
  return place === undefined || sender === undefined ? undefined : { place, sender: sealer.lookup(SENDER, sender) };
}

function hasText(entry: Entry): boolean {
  switch (entry.kind) {
    case 'matrix.event': {
      const { type, content } = entry.body;
      const replaced = content['m.new_content'];
      return type === 'm.room.message' && typeof (isJsonObject(replaced) ? replaced : content)['body'] === 'string';
    }
    case 'network.message':
      return true;
    case 'portal.wanted':
      return entry.body.text !== undefined;
    default:
      return false;
  }
}

async function remember(of: Of, { position, at }: { position: Position; at: Millis }, writing: Writing): Promise<void> {
  await writing.run(insertSaid, { ...of, position, at });
  const tooMany = await writing.get(firstTooMany, of);
  if (tooMany !== undefined) await writing.run(removeUpTo, { ...of, ...tooMany });
}

/** Of what goes a way that a rule is enabled for. `isOurs`: ghosts and bots, which only show what others said. */
export function saidProjection(isOurs: (user: UserId) => boolean): Projection {
  return {
    name: POLICY_SAID,
    tables: ['policy_said'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists policy_said (position ${t.int} primary key, place ${t.text} not null, sender ${t.text} not null, at ${t.int} not null)${t.strict}`,
        'create index if not exists policy_said_by on policy_said (place, sender, position)',
      ];
    },
    apply: async (entry, writing, sealer) => {
      const { direction } = entry;
      if (direction === undefined || !hasText(entry) || !(await hasRuleFor(writing, direction))) return;
      const of = entry.kind === 'matrix.event' && isOurs(entry.body.sender) ? undefined : keyOf(entry, sealer);
      if (of !== undefined) await remember(of, entry, writing);
    },
    forget: forgetRecord(['policy_said', 'position']),
  };
}
