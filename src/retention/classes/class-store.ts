/**
 * Projection `retention-classes`: every state of the classes, what a second officer is waited for with, and on which
 * networks a line was seen. Assignments name rooms and people, so what a state says lies sealed.
 */
import { z } from 'zod';
import type { Draft, Entry, EntryKind } from '../../core/entry.ts';
import {
  parseLineId,
  parseNetworkId,
  parsePosition,
  type LineId,
  type NetworkId,
  type Position,
} from '../../core/ids.ts';
import type { BadId } from '../../core/ids.ts';
import { jcs } from '../../core/json.ts';
import type { Result } from '../../core/result.ts';
import { json } from '../../journal/entries/envelope.ts';
import { retentionBodies } from '../../journal/entries/retention-bodies.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import type { ClassState } from './class-state.ts';

export const RETENTION_CLASSES = 'retention-classes';
const SAYS = 'retention_classes.says';

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}

const stateRow = z.object({ position: id<Position>(parsePosition), says: z.instanceof(Uint8Array) });
const newestRow = z.object({ position: id<Position>(parsePosition), digest: z.string() });
const atRow = z.object({ position: id<Position>(parsePosition) });
const networkRow = z.object({ line: id<LineId>(parseLineId), network: id<NetworkId>(parseNetworkId) });
/** The newest state: where it stands, and its digest. */
export type NewestState = Readonly<z.infer<typeof newestRow>>;
/** What says of a line on which network it is. */
const NAMING: readonly EntryKind[] = ['network.message', 'portal.opened', 'portal.wanted'];
type None = Record<string, never>;

const insertState = statement<{ position: number; digest: string; says: Uint8Array }>((db, p) =>
  db.insertInto('retention_classes').values({ position: p('position'), digest: p('digest'), says: p('says') }),
);
const selectStates = statement<None, z.infer<typeof stateRow>>(
  (db) => db.selectFrom('retention_classes').select(['position', 'says']).orderBy('position'),
  (row) => stateRow.parse(row),
);
const selectNewest = statement<None, NewestState>(
  (db) => db.selectFrom('retention_classes').select(['position', 'digest']).orderBy('position', 'desc').limit(1),
  (row) => newestRow.parse(row),
);
const selectState = statement<{ position: number }, z.infer<typeof stateRow>>(
  (db, p) => db.selectFrom('retention_classes').select(['position', 'says']).where('position', '=', p('position')),
  (row) => stateRow.parse(row),
);
const upsertAsked = statement<{ name: string; position: number }>((db, p) =>
  db
    .insertInto('retention_set_asked')
    .values({ name: p('name'), position: p('position') })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ position: p('position') })),
);
const selectAsked = statement<{ name: string }, z.infer<typeof atRow>>(
  (db, p) => db.selectFrom('retention_set_asked').select('position').where('name', '=', p('name')),
  (row) => atRow.parse(row),
);
const deleteAsked = statement<None>((db) => db.deleteFrom('retention_set_asked'));
const insertNetwork = statement<{ line: string; network: string; since: number }>((db, p) =>
  db
    .insertInto('retention_line_network')
    .values({ line: p('line'), network: p('network'), since: p('since') })
    .onConflict((conflict) => conflict.columns(['line', 'network']).doNothing()),
);
const selectNetworks = statement<None, z.infer<typeof networkRow>>(
  (db) => db.selectFrom('retention_line_network').select(['line', 'network']).orderBy('line').orderBy('network'),
  (row) => networkRow.parse(row),
);

const selectNetworksOf = statement<{ line: string }, z.infer<typeof networkRow>>(
  (db, p) => db.selectFrom('retention_line_network').select(['line', 'network']).where('line', '=', p('line')),
  (row) => networkRow.parse(row),
);

/** Oldest first. */
export async function allStates(reading: Reading, sealer: Sealer): Promise<readonly ClassState[]> {
  return (await reading.all(selectStates, {})).map((row) => opened(row, sealer));
}

/** What the `retention.classes` at `position` says. */
export async function stateAt(reading: Reading, sealer: Sealer, position: Position): Promise<ClassState | undefined> {
  const row = await reading.get(selectState, { position });
  return row === undefined ? undefined : opened(row, sealer);
}

function opened({ position, says }: z.infer<typeof stateRow>, sealer: Sealer): ClassState {
  const body = retentionBodies['retention.classes'].parse(JSON.parse(sealer.open(SAYS, says)));
  const { digest, classes, default: otherwise, assignments } = body;
  return { position, digest, classes, default: otherwise, assignments };
}

/** Undefined before the first is on record. */
export function newestState(reading: Reading): Promise<NewestState | undefined> {
  return reading.get(selectNewest, {});
}

/** The entry by which an officer wants another class for the assignment of this name, while the classes are as they were. */
export async function askedToSet(reading: Reading, name: string): Promise<Position | undefined> {
  return (await reading.get(selectAsked, { name }))?.position;
}

/** On which networks each line had messages; several where its connector was changed for another. */
export async function networksOfLines(reading: Reading): Promise<ReadonlyMap<LineId, ReadonlySet<NetworkId>>> {
  const networks = new Map<LineId, Set<NetworkId>>();
  for (const { line, network } of await reading.all(selectNetworks, {})) {
    networks.set(line, (networks.get(line) ?? new Set()).add(network));
  }
  return networks;
}

/** On which networks one line had messages. */
export async function networksOfLine(reading: Reading, line: LineId): Promise<ReadonlySet<NetworkId>> {
  return new Set((await reading.all(selectNetworksOf, { line })).map(({ network }) => network));
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.kind === 'retention.classes') {
    const { position, body } = entry;
    const says = sealer.seal(SAYS, jcs(json.parse(body)));
    await writing.run(insertState, { position, digest: body.digest, says });
    await writing.run(deleteAsked, {});
    return;
  }
  if (entry.kind === 'retention.set-asked') {
    await writing.run(upsertAsked, { name: entry.body.name, position: entry.position });
    return;
  }
  const network = networkIn(entry);
  if (entry.line !== undefined && network !== undefined)
    await writing.run(insertNetwork, { line: entry.line, network, since: entry.position });
}

/** The network that an entry names itself. */
export function networkIn({ kind, body }: Pick<Entry | Draft, 'kind' | 'body'>): NetworkId | undefined {
  return NAMING.includes(kind) && 'network' in body ? body.network : undefined;
}

export const classesProjection: Projection = {
  name: RETENTION_CLASSES,
  tables: ['retention_classes', 'retention_set_asked', 'retention_line_network'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_classes (position ${t.int} primary key, digest ${t.text} not null, says ${t.bytes} not null)${t.strict}`,
      `create table if not exists retention_set_asked (name ${t.text} primary key, position ${t.int} not null)${t.strict}`,
      `create table if not exists retention_line_network (line ${t.text} not null, network ${t.text} not null, since ${t.int} not null, primary key (line, network))${t.strict}`,
    ];
  },
  apply,
  // Of the line, not of whoever wrote on it first.
  carried: [{ table: 'retention_line_network', column: 'since', of: 'record', key: ['line', 'network'] }],
};
