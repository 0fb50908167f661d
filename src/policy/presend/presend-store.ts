/**
 * What pre-send must remember: whom it has told of a refusal lately, and which contents their senders may send all the
 * same. Made of `policy.refused` and `policy.overridden`; ids and digests alone.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parseMillis, parsePosition, type Millis, type Position, type UserId } from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const PRESEND = 'policy-presend';

/** Clients repeat what was refused: its sender is told again only after so long. */
const TELL_AGAIN_MS = 5 * 60_000;
const SENDER = 'policy_refused.sender';

const refusedRow = z.object({ position: z.custom<Position>((value) => parsePosition(value).ok), told: z.number() });
const overrideRow = z.object({ until: z.custom<Millis>((value) => parseMillis(value).ok) });

type Of = Readonly<{ sender: string; content: string }>;

const selectRefused = statement<Of, z.infer<typeof refusedRow>>(
  (db, p) =>
    db
      .selectFrom('policy_refused')
      .select(['position', 'told'])
      .where('sender', '=', p('sender'))
      .where('content', '=', p('content')),
  (row) => refusedRow.parse(row),
);
const upsertRefused = statement<{ sender: string; content: string; told: number; position: number }>((db, p) =>
  db
    .insertInto('policy_refused')
    .values({ sender: p('sender'), content: p('content'), told: p('told'), position: p('position') })
    .onConflict((oc) => oc.columns(['sender', 'content']).doUpdateSet({ told: p('told'), position: p('position') })),
);
const forgetRefused = statement<{ before: number }>((db, p) =>
  db.deleteFrom('policy_refused').where('told', '<', p('before')),
);
const selectOverride = statement<Of, z.infer<typeof overrideRow>>(
  (db, p) =>
    db
      .selectFrom('policy_override')
      .select('until')
      .where('sender', '=', p('sender'))
      .where('content', '=', p('content')),
  (row) => overrideRow.parse(row),
);
const upsertOverride = statement<{ sender: string; content: string; until: number }>((db, p) =>
  db
    .insertInto('policy_override')
    .values({ sender: p('sender'), content: p('content'), until: p('until') })
    .onConflict((oc) => oc.columns(['sender', 'content']).doUpdateSet({ until: p('until') })),
);
const forgetOverrides = statement<{ before: number }>((db, p) =>
  db.deleteFrom('policy_override').where('until', '<', p('before')),
);
const dropOverride = statement<Of & Readonly<{ until: number }>>((db, p) =>
  db
    .deleteFrom('policy_override')
    .where('sender', '=', p('sender'))
    .where('content', '=', p('content'))
    .where('until', '=', p('until')),
);
const forgetRefusal = forgetRecord(['policy_refused', 'position']);

/** Until when this person may send this content although a rule warns of it. */
export async function overriddenUntil(
  reading: Reading,
  sealer: Sealer,
  of: { readonly user: UserId; readonly content: string },
): Promise<Millis | undefined> {
  return (await reading.get(selectOverride, { sender: sealer.lookup(SENDER, of.user), content: of.content }))?.until;
}

/** Whether this refusal is one that its sender is told of: the first of that content in five minutes. */
export async function isTold(entry: EntryOf<'policy.refused'>, reading: Reading, sealer: Sealer): Promise<boolean> {
  const { user, content } = entry.body;
  const row = await reading.get(selectRefused, { sender: sealer.lookup(SENDER, user), content });
  return row?.position === entry.position;
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.kind === 'policy.refused' && !entry.body.shadow) await refused(entry, writing, sealer);
  if (entry.kind === 'policy.overridden') await overridden(entry, writing, sealer);
}

async function refused(entry: EntryOf<'policy.refused'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { position, recordedAt: told, body } = entry;
  const of = { sender: sealer.lookup(SENDER, body.user), content: body.content };
  await writing.run(forgetRefused, { before: told - TELL_AGAIN_MS });
  const known = await writing.get(selectRefused, of);
  // A clock that was set back makes nobody wait longer.
  if (known === undefined || known.told > told) await writing.run(upsertRefused, { ...of, told, position });
}

async function overridden(entry: EntryOf<'policy.overridden'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { recordedAt, body } = entry;
  const of = { sender: sealer.lookup(SENDER, body.by), content: body.content };
  await writing.run(forgetOverrides, { before: recordedAt });
  await writing.run(upsertOverride, { ...of, until: body.until });
}

export const presendProjection: Projection = {
  name: PRESEND,
  tables: ['policy_refused', 'policy_override'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_refused (sender ${t.text} not null, content ${t.text} not null, told ${t.int} not null, position ${t.int} not null, primary key (sender, content))${t.strict}`,
      'create index if not exists policy_refused_by_told on policy_refused (told)',
      `create table if not exists policy_override (sender ${t.text} not null, content ${t.text} not null, until ${t.int} not null, primary key (sender, content))${t.strict}`,
      'create index if not exists policy_override_by_until on policy_override (until)',
    ];
  },
  apply,
  forget: async (entry, writing, left) => {
    await forgetRefusal(entry, writing, left);
    if (entry.kind !== 'policy.overridden') return;
    const { by, content, until } = entry.body;
    await writing.run(dropOverride, { sender: left.sealer.lookup(SENDER, by), content, until });
  },
};
