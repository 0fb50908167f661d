/**
 * Projection `retention-standing`: the entries that the house is built on now, and that a rebuild needs whatever their
 * age: the present state of rooms, portals that are not closed, newest names and owners, rules in force. What is
 * superseded, or closed, goes by its class.
 */
import { z } from 'zod';
import type { Entry, EntryKind, EntryOf } from '../../core/entry.ts';
import { parsePosition, type Position } from '../../core/ids.ts';
import { closesForGood } from '../../journal/closing.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { isDeleted } from '../homeserver/deleted-room.ts';

/** Under which a state event's type and key, and a ghost's user, are looked up: keys are people. */
const STATE = 'retention_standing.part';

/** The part of a room that a run deleted: what the homeserver says of it while it empties it stands for nothing. */
const GONE = 'gone';

const positionRow = z.object({ position: z.custom<Position>((value) => parsePosition(value).ok) });

const put = statement<{ place: string; part: string; position: number }>((db, p) =>
  db
    .insertInto('retention_standing')
    .values({ place: p('place'), part: p('part'), position: p('position') })
    .onConflict((conflict) => conflict.columns(['place', 'part']).doUpdateSet({ position: p('position') })),
);
const selectAt = statement<{ position: number }, z.infer<typeof positionRow>>(
  (db, p) => db.selectFrom('retention_standing').select('position').where('position', '=', p('position')).limit(1),
  (row) => positionRow.parse(row),
);
const selectPart = statement<{ place: string; part: string }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('retention_standing')
      .select('position')
      .where('place', '=', p('place'))
      .where('part', '=', p('part')),
  (row) => positionRow.parse(row),
);
const dropPlace = statement<{ place: string }>((db, p) =>
  db.deleteFrom('retention_standing').where('place', '=', p('place')),
);

/** By these it is known what was kept, frozen, erased and continued, and which rooms are ours: ids alone. */
const FOR_GOOD: ReadonlySet<string> = new Set<EntryKind>(['room.made', 'log.continued']);
/** The same of what is placed nowhere. What tells of a portal stands as long as that. */
const FOR_GOOD_BY_ITSELF: ReadonlySet<string> = new Set<EntryKind>(['room.gone', 'portal.closed']);

export async function isStanding(
  { kind, position, contact, portal }: Pick<Entry, 'kind' | 'position' | 'contact' | 'portal'>,
  reading: Reading,
): Promise<boolean> {
  if (/^(?:retention|hold|dsar)\./u.test(kind) || FOR_GOOD.has(kind)) return true;
  if (FOR_GOOD_BY_ITSELF.has(kind) && portal === undefined) return true;
  // One from before ghosts were recorded with their contact: nothing tells when it may go.
  if (kind === 'ghost.made' && contact === undefined) return true;
  return (await reading.get(selectAt, { position })) !== undefined;
}

interface Place {
  readonly place: string;
  /** Another entry for the same part takes its place. */
  readonly part: string;
}

function placeOf(entry: Entry, sealer: Sealer): Place | undefined {
  switch (entry.kind) {
    case 'matrix.event':
      return ofState(entry, sealer);
    case 'room.gone':
      return ofGone(entry);
    case 'contact.changed':
      return { place: entry.body.contact, part: entry.kind };
    case 'ghost.made':
      return ofGhost(entry, sealer);
    case 'policy.rule-changed':
      return ofRule(entry);
    default:
      return ofPortal(entry);
  }
}

function partOf({ kind, position }: Entry): string {
  return `${kind}/${String(position)}`;
}

function ofGone(entry: EntryOf<'room.gone'>): Place | undefined {
  const { room, portal } = entry.body;
  if (isDeleted(entry.body)) return { place: room, part: GONE };
  return portal === undefined ? undefined : { place: portal, part: partOf(entry) };
}

function ofPortal(entry: Entry): Place | undefined {
  switch (entry.kind) {
    case 'portal.opened':
    case 'line.assigned':
      return { place: entry.body.portal, part: entry.kind };
    case 'portal.closed':
      return entry.body.over === undefined ? { place: entry.body.portal, part: partOf(entry) } : undefined;
    case 'portal.moved':
      return { place: entry.body.portal, part: partOf(entry) };
    case 'portal.wanted':
      return entry.portal === undefined ? undefined : { place: entry.portal, part: entry.kind };
    default:
      return undefined;
  }
}

async function isOfGone(entry: Entry, reading: Reading): Promise<boolean> {
  if (entry.kind !== 'matrix.event') return false;
  return (await reading.get(selectPart, { place: entry.body.room_id, part: GONE })) !== undefined;
}

function ofState({ body }: EntryOf<'matrix.event'>, sealer: Sealer): Place | undefined {
  if (body.state_key === undefined) return undefined;
  return { place: body.room_id, part: sealer.lookup(STATE, JSON.stringify([body.type, body.state_key])) };
}

function ofGhost({ contact, body }: EntryOf<'ghost.made'>, sealer: Sealer): Place | undefined {
  return contact === undefined ? undefined : { place: contact, part: sealer.lookup(STATE, body.user) };
}

/** Switches add up until the next text. */
function ofRule({ position, body }: EntryOf<'policy.rule-changed'>): Place | undefined {
  const place = ruleName(body);
  switch (body.change) {
    case 'added':
    case 'changed':
      return { place, part: 'text' };
    case 'switched':
      return { place, part: `switched/${String(position)}` };
    case 'proposed':
      return { place, part: 'proposed' };
    case 'removed':
      return { place, part: 'removed' };
    case 'refused':
      return undefined;
  }
}

function ruleName({ what, id }: EntryOf<'policy.rule-changed'>['body']): string {
  return `${what}:${id}`;
}

/** What no longer stands from here on. */
async function endedBy(entry: Entry, reading: Reading): Promise<readonly string[]> {
  if (entry.kind === 'room.gone') return [entry.body.room];
  if (entry.kind === 'portal.closed') return endedByClosing(entry, reading);
  const isNew = entry.kind === 'policy.rule-changed' && /^(?:added|changed|removed)$/u.test(entry.body.change);
  return isNew ? [ruleName(entry.body)] : [];
}

/** With the last of a contact's portals all that stood for it ends. */
async function endedByClosing(entry: EntryOf<'portal.closed'>, reading: Reading): Promise<readonly string[]> {
  const { portal, over } = entry.body;
  if (over === undefined) return [portal];
  return (await closesForGood(entry, reading)) ? [portal, over.contact] : [];
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  for (const place of await endedBy(entry, writing)) await writing.run(dropPlace, { place });
  const place = placeOf(entry, sealer);
  if (place === undefined || (await isOfGone(entry, writing))) return;
  await writing.run(put, { ...place, position: entry.position });
}

export const standingProjection: Projection = {
  name: 'retention-standing',
  tables: ['retention_standing'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_standing (place ${t.text} not null, part ${t.text} not null, position ${t.int} not null, primary key (place, part))${t.strict}`,
      'create index if not exists retention_standing_position on retention_standing (position)',
    ];
  },
  apply,
};
