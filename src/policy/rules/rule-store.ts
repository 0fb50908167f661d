/**
 * Projection `policy-rules`: which rules and lexicons are in force, what is proposed, and what changed when. Ids and
 * hashes only; the texts stand in the entries.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { parsePosition, type Position } from '../../core/ids.ts';
import { consequences, type Consequence } from '../../core/policy-words.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const POLICY_RULES = 'policy-rules';
/** More rules and lexicons than a set can have (`policy-file.ts`). */
const MOST_ITEMS = 1_000;

type Body = EntryOf<'policy.rule-changed'>['body'];
export type What = Body['what'];
export type Change = Body['change'];

const position = z.custom<Position>((value) => parsePosition(value).ok);
const what = z.enum(['rule', 'lexicon']);
const switched = z.number().transform((n) => n !== 0);
const changes = ['added', 'changed', 'removed', 'switched', 'proposed', 'refused'] as const;

const itemRow = z.object({
  what,
  id: z.string(),
  version: z.string(),
  changed: position,
  text_at: position,
  enabled: switched.nullable(),
  dry_run: switched.nullable(),
  consequence: z.enum(consequences).nullable(),
});
const changeRow = z.object({ position, change: z.enum(changes) });
const newestRow = z.object({ position, rules: z.string() });
const atRow = z.object({ position });
const endRow = z.object({ position, ended: position });
type EndRow = z.infer<typeof endRow>;

/** One rule or lexicon in force; what a desk has switched stands beside what is written, null where it is as written. */
export interface ItemRow {
  readonly what: What;
  readonly id: string;
  /** Of the item as it is judged. */
  readonly version: string;
  /** The entry that changed it last. */
  readonly changed: Position;
  /** The entry that holds its text. */
  readonly text_at: Position;
  readonly enabled: boolean | null;
  readonly dry_run: boolean | null;
  readonly consequence: Consequence | null;
}

type None = Record<string, never>;
type Named = Readonly<{ what: string; id: string }>;

const selectItems = statement<None, ItemRow>(
  (db) =>
    db
      .selectFrom('policy_rule')
      .select(['what', 'id', 'version', 'changed', 'text_at', 'enabled', 'dry_run', 'consequence'])
      .orderBy('what')
      .orderBy('id')
      .limit(MOST_ITEMS),
  (row) => itemRow.parse(row),
);
const selectProposals = statement<None, z.infer<typeof atRow>>(
  (db) => db.selectFrom('policy_rule_proposal').select('position').orderBy('position').limit(MOST_ITEMS),
  (row) => atRow.parse(row),
);
const selectNewest = statement<None, z.infer<typeof newestRow>>(
  (db) => db.selectFrom('policy_rule_change').select(['position', 'rules']).orderBy('position', 'desc').limit(1),
  (row) => newestRow.parse(row),
);
const selectHistory = statement<Named & { limit: number }, z.infer<typeof changeRow>>(
  (db, p) =>
    db
      .selectFrom('policy_rule_change')
      .select(['position', 'change'])
      .where('what', '=', p('what'))
      .where('id', '=', p('id'))
      .orderBy('position', 'desc')
      .limit(sql<number>`${p('limit')}`),
  (row) => changeRow.parse(row),
);
const selectRefused = statement<{ version: string }, z.infer<typeof atRow>>(
  (db, p) =>
    db
      .selectFrom('policy_rule_change')
      .select('position')
      .where('version', '=', p('version'))
      .where('change', '=', 'refused')
      .limit(1),
  (row) => atRow.parse(row),
);
const selectAdded = statement<None, z.infer<typeof atRow>>(
  (db) => db.selectFrom('policy_rule_change').select('position').where('change', '=', 'added').limit(1),
  (row) => atRow.parse(row),
);
const upsertItem = statement<Readonly<Record<keyof ItemRow, string | number | null>>>((db, p) =>
  db
    .insertInto('policy_rule')
    .values({
      ...{ what: p('what'), id: p('id'), version: p('version'), changed: p('changed'), text_at: p('text_at') },
      ...{ enabled: p('enabled'), dry_run: p('dry_run'), consequence: p('consequence') },
    })
    .onConflict((conflict) =>
      conflict.columns(['what', 'id']).doUpdateSet({
        ...{ version: p('version'), changed: p('changed'), text_at: p('text_at') },
        ...{ enabled: p('enabled'), dry_run: p('dry_run'), consequence: p('consequence') },
      }),
    ),
);
const selectItem = statement<Named, ItemRow>(
  (db, p) =>
    db
      .selectFrom('policy_rule')
      .select(['what', 'id', 'version', 'changed', 'text_at', 'enabled', 'dry_run', 'consequence'])
      .where('what', '=', p('what'))
      .where('id', '=', p('id')),
  (row) => itemRow.parse(row),
);
const deleteItem = statement<Named>((db, p) =>
  db.deleteFrom('policy_rule').where('what', '=', p('what')).where('id', '=', p('id')),
);
const upsertProposal = statement<Named & { position: number }>((db, p) =>
  db
    .insertInto('policy_rule_proposal')
    .values({ what: p('what'), id: p('id'), position: p('position') })
    .onConflict((conflict) => conflict.columns(['what', 'id']).doUpdateSet({ position: p('position') })),
);
const selectProposal = statement<Named, z.infer<typeof atRow>>(
  (db, p) =>
    db.selectFrom('policy_rule_proposal').select('position').where('what', '=', p('what')).where('id', '=', p('id')),
  (row) => atRow.parse(row),
);
const insertEnd = statement<{ position: number; ended: number }>((db, p) =>
  db
    .insertInto('policy_rule_proposal_end')
    .values({ position: p('position'), ended: p('ended') })
    .onConflict((conflict) => conflict.column('position').doNothing()),
);
const selectEnd = statement<{ position: number }, EndRow>(
  (db, p) =>
    db.selectFrom('policy_rule_proposal_end').select(['position', 'ended']).where('position', '=', p('position')),
  (row) => endRow.parse(row),
);
const selectEndedBy = statement<{ ended: number }, EndRow>(
  (db, p) =>
    db.selectFrom('policy_rule_proposal_end').select(['position', 'ended']).where('ended', '=', p('ended')).limit(1),
  (row) => endRow.parse(row),
);
const deleteProposal = statement<Named>((db, p) =>
  db.deleteFrom('policy_rule_proposal').where('what', '=', p('what')).where('id', '=', p('id')),
);
const insertChange = statement<Named & { position: number; change: string; version: string; rules: string }>((db, p) =>
  db.insertInto('policy_rule_change').values({
    ...{ position: p('position'), what: p('what'), id: p('id'), change: p('change') },
    ...{ version: p('version'), rules: p('rules') },
  }),
);

/** What is in force, lexicons first, each sort in the order of its ids. */
export function itemsInForce(reading: Reading): Promise<readonly ItemRow[]> {
  return reading.all(selectItems, {});
}

/** Entries of the proposals that wait for an officer, oldest first: at most one for each rule or lexicon. */
export async function openProposals(reading: Reading): Promise<readonly Position[]> {
  return (await reading.all(selectProposals, {})).map((row) => row.position);
}

/** The entry by which that proposal is no longer open: in force, decided against, or replaced; undefined while it is. */
export async function endOfProposal(reading: Reading, proposal: Position): Promise<Position | undefined> {
  return (await reading.get(selectEnd, { position: proposal }))?.ended;
}

/** The proposal that this entry ended. */
export async function proposalEndedBy(reading: Reading, entry: Position): Promise<Position | undefined> {
  return (await reading.get(selectEndedBy, { ended: entry }))?.position;
}

/** The newest change of any sort, and the digest of the set in force after it; undefined where there never was a rule. */
export function newestChange(
  reading: Reading,
): Promise<{ readonly position: Position; readonly rules: string } | undefined> {
  return reading.get(selectNewest, {});
}

/** Newest first. */
export function changesOf(
  reading: Reading,
  of: { readonly what: What; readonly id: string; readonly limit: number },
): Promise<readonly { readonly position: Position; readonly change: Change }[]> {
  return reading.all(selectHistory, { ...of });
}

/** Whether a first set was ever taken into force. */
export async function hasBegun(reading: Reading): Promise<boolean> {
  return (await reading.get(selectAdded, {})) !== undefined;
}

/** Whether exactly these files were refused before. */
export async function wasRefused(reading: Reading, version: string): Promise<boolean> {
  return (await reading.get(selectRefused, { version })) !== undefined;
}

async function follow({ position: at, body }: EntryOf<'policy.rule-changed'>, writing: Writing): Promise<void> {
  const named = { what: body.what, id: body.id };
  switch (body.change) {
    case 'added':
    case 'changed':
      await writing.run(upsertItem, { ...named, version: body.version, changed: at, text_at: at, ...setOf(body) });
      return;
    case 'removed':
      await writing.run(deleteItem, named);
      return;
    case 'switched':
      await onSwitched(at, body, writing);
      return;
    default:
      return;
  }
}

async function onSwitched(at: Position, body: Body, writing: Writing): Promise<void> {
  const before = await writing.get(selectItem, { what: body.what, id: body.id });
  if (before === undefined) return;
  const { enabled, dry_run, consequence } = setOf(body);
  await writing.run(upsertItem, {
    ...{ what: body.what, id: body.id, version: body.version, changed: at, text_at: before.text_at },
    enabled: enabled ?? bit(before.enabled ?? undefined),
    dry_run: dry_run ?? bit(before.dry_run ?? undefined),
    consequence: consequence ?? before.consequence,
  });
}

function setOf({ set }: Body) {
  return { enabled: bit(set?.enabled), dry_run: bit(set?.dryRun), consequence: set?.consequence ?? null };
}

function bit(flag: boolean | undefined): number | null {
  return flag === undefined ? null : Number(flag);
}

async function endProposal(ended: Position, named: Named, writing: Writing): Promise<void> {
  const before = await writing.get(selectProposal, named);
  if (before !== undefined) await writing.run(insertEnd, { position: before.position, ended });
}

/** An empty switch takes a proposal back: the files say what is in force again, or an officer decided against it. */
export function isTakenBack({ change, text, set }: Pick<Body, 'change' | 'text' | 'set'>): boolean {
  return change === 'proposed' && text === undefined && set !== undefined && Object.keys(set).length === 0;
}

async function onProposed(at: Position, body: Body, writing: Writing): Promise<void> {
  const named = { what: body.what, id: body.id };
  await endProposal(at, named, writing);
  if (isTakenBack(body)) await writing.run(deleteProposal, named);
  else await writing.run(upsertProposal, { ...named, position: at });
}

export const policyRulesProjection: Projection = {
  name: POLICY_RULES,
  tables: ['policy_rule', 'policy_rule_proposal', 'policy_rule_proposal_end', 'policy_rule_change'],
  schema: (dialect) => {
    const t = types(dialect);
    const named = `what ${t.text} not null, id ${t.text} not null`;
    const sets = `enabled ${t.int}, dry_run ${t.int}, consequence ${t.text}`;
    return [
      `create table if not exists policy_rule (${named}, version ${t.text} not null, changed ${t.int} not null, text_at ${t.int} not null, ${sets}, primary key (what, id))${t.strict}`,
      `create table if not exists policy_rule_proposal (${named}, position ${t.int} not null, primary key (what, id))${t.strict}`,
      `create table if not exists policy_rule_proposal_end (position ${t.int} primary key, ended ${t.int} not null)${t.strict}`,
      'create index if not exists policy_rule_proposal_ended on policy_rule_proposal_end (ended)',
      `create table if not exists policy_rule_change (position ${t.int} primary key, ${named}, change ${t.text} not null, version ${t.text} not null, rules ${t.text} not null)${t.strict}`,
      'create index if not exists policy_rule_change_of on policy_rule_change (what, id, position)',
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind !== 'policy.rule-changed') return;
    const { position: at, body } = entry;
    const { what: sort, id, change, version, rules } = body;
    await writing.run(insertChange, { position: at, what: sort, id, change, version, rules });
    if (change === 'proposed') await onProposed(at, body, writing);
    else if (change !== 'refused') {
      await follow(entry, writing);
      await endProposal(at, { what: sort, id }, writing);
      await writing.run(deleteProposal, { what: sort, id });
    }
  },
  carried: [
    { table: 'policy_rule', column: 'changed', of: 'record', key: ['what', 'id'] },
    { table: 'policy_rule_change', column: 'position', of: 'record' },
    { table: 'policy_rule_proposal', column: 'position', of: 'record', key: ['what', 'id'] },
    { table: 'policy_rule_proposal_end', column: 'position', of: 'record' },
  ],
};
