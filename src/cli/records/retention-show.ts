/** `retention.show`: the default, the assignments and the classes in force. */
import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { KeptClass } from '../../core/retention-entries.ts';
import { nearest } from '../../core/nearest.ts';
import type { ClassTable } from '../../retention/classes/class-table.ts';
import { recordAct } from './record-act.ts';
import type { Calling, Ended } from './record-command.ts';
import type { RecordDeps } from './record-deps.ts';

const showArgs = z.object({ user: z.string().max(100), class: z.string().max(100).optional() });

export async function showRetention(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = showArgs.parse(args);
  const table = await deps.classes();
  if (table === undefined) return { exit: 1, error: 'no classes are on record yet: they are from the first start on' };
  const lines = linesOf(table).filter((line) => given.class === undefined || line.class === given.class);
  if (lines.length === 0) return { exit: 2, error: noSuchClass(given.class ?? '', table) };
  await recordAct(deps, { command: 'retention.show', user: given.user, positions: [table.position] });
  for (const line of lines) say({ line });
  return { exit: 0 };
}

type Line = JsonObject & { readonly class: string };

function linesOf(table: ClassTable): readonly Line[] {
  const described = (id: string): KeptClass | undefined => table.classes.find((one) => one.id === id);
  return [
    ...lineOf('default', null, described(table.default)),
    ...table.assignments.flatMap((one) => lineOf('assignment', one.name, described(one.class))),
    ...table.classes.flatMap((one) => lineOf('class', null, one)),
  ];
}

function lineOf(is: string, name: string | null, kept: KeptClass | undefined): readonly Line[] {
  if (kept === undefined) return [];
  const { id, keep, erase, authority } = kept;
  return [{ is, name, class: id, keep: { ...keep }, erase: erase === undefined ? null : { ...erase }, authority }];
}

function noSuchClass(name: string, { classes }: ClassTable): string {
  const ids = classes.map(({ id }) => id);
  const meant = nearest(name, ids);
  return `there is no class ${name}${meant === undefined ? `; there are ${ids.join(', ')}` : ` (did you mean ${meant}?)`}`;
}
