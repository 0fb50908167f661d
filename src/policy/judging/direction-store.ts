/** In which directions rules are enabled: what nobody has a rule for plans no task. Made from the rules on record. */
import { z } from 'zod';
import type { Direction, EntryOf } from '../../core/entry.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { readText } from '../rules/rule-text.ts';
import { directionsOf } from './rules-for.ts';

export const POLICY_DIRECTIONS = 'policy-directions';

type Of = Readonly<{ rule: string }>;

const foundRow = z.object({ rule: z.string() });

const insertDirection = statement<Of & Readonly<{ direction: string; enabled: number }>>((db, p) =>
  db
    .insertInto('policy_direction')
    .values({ rule: p('rule'), direction: p('direction'), enabled: p('enabled') })
    .onConflict((conflict) => conflict.columns(['rule', 'direction']).doUpdateSet({ enabled: p('enabled') })),
);
const switchRule = statement<Of & Readonly<{ enabled: number }>>((db, p) =>
  db
    .updateTable('policy_direction')
    .set({ enabled: p('enabled') })
    .where('rule', '=', p('rule')),
);
const removeRule = statement<Of>((db, p) => db.deleteFrom('policy_direction').where('rule', '=', p('rule')));
const oneIn = statement<Readonly<{ direction: string }>, Of>(
  (db, p) =>
    db
      .selectFrom('policy_direction')
      .select('rule')
      .where('direction', '=', p('direction'))
      .where('enabled', '=', 1)
      .limit(1),
  (row) => foundRow.parse(row),
);

/** Whether a rule is enabled that holds for what goes this way. */
export async function hasRuleFor(reading: Reading, direction: Direction): Promise<boolean> {
  return (await reading.get(oneIn, { direction })) !== undefined;
}

type Body = EntryOf<'policy.rule-changed'>['body'];

/** A rule that this version can't read holds for all, until it is read again. */
async function onWritten({ id, text, set }: Body, writing: Writing): Promise<void> {
  const written = text === undefined ? undefined : readText('rule', id, text);
  const item = written?.what === 'rule' ? written.item : undefined;
  const enabled = Number(set?.enabled ?? item?.enabled ?? true);
  await writing.run(removeRule, { rule: id });
  for (const direction of directionsOf(item ?? { scope: {} })) {
    await writing.run(insertDirection, { rule: id, direction, enabled });
  }
}

async function apply(body: Body, writing: Writing): Promise<void> {
  switch (body.change) {
    case 'added':
    case 'changed':
      await onWritten(body, writing);
      return;
    case 'removed':
      await writing.run(removeRule, { rule: body.id });
      return;
    case 'switched':
      if (body.set?.enabled === undefined) return;
      await writing.run(switchRule, { rule: body.id, enabled: Number(body.set.enabled) });
      return;
    case 'proposed':
    case 'refused':
      return;
  }
}

export const directionsProjection: Projection = {
  name: POLICY_DIRECTIONS,
  tables: ['policy_direction'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_direction (rule ${t.text} not null, direction ${t.text} not null, enabled ${t.int} not null, primary key (rule, direction))${t.strict}`,
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind === 'policy.rule-changed' && entry.body.what === 'rule') await apply(entry.body, writing);
  },
};
