/** Rows that outlive the record which made them: a rebuild takes them over from the tables as they were. */
import { sql } from 'kysely';
import type { Writing } from '../storage/database.ts';
import type { SqlValue } from '../storage/dialect.ts';
import { definition } from '../storage/schema.ts';
import { statement, type Statement } from '../storage/statement.ts';
import type { Position } from '../core/ids.ts';
import type { Carried, Projection } from './projection.ts';
import type { Value } from './rebuild-erased.ts';

type Taking = Statement<{ value: SqlValue }, never>;

/** The name of a table's copy from before. */
export function keptName(table: string): string {
  return `rebuild_kept_${table}`;
}

export class Carrying {
  readonly #writing: Writing;
  readonly #all: readonly { readonly carried: Carried; readonly take: Taking }[];
  readonly #done = new Set<string>();

  constructor(projections: readonly Projection[], writing: Writing) {
    this.#writing = writing;
    this.#all = projections
      .flatMap((projection) => projection.carried ?? [])
      .map((carried) => ({ carried, take: takingOver(carried) }));
  }

  /** The tables that it takes rows from: copied before they were emptied. */
  static tables(projections: readonly Projection[]): readonly string[] {
    return [...new Set(projections.flatMap(({ carried = [] }) => carried.map(({ table }) => table)))];
  }

  /** Makes the copies quick to look things up in. */
  async prepare(): Promise<void> {
    for (const { table, column } of this.#all.map(({ carried }) => carried)) {
      const name = `${keptName(table)}_${column}`;
      await this.#writing.run(definition(`create index if not exists ${name} on ${keptName(table)} (${column})`), {});
    }
  }

  /** What the erased record at `position` made and nothing since replaced. */
  async ofRecord(position: Position): Promise<void> {
    for (const { carried, take } of this.#all) {
      if (carried.of === 'record') await this.#writing.run(take, { value: position });
    }
  }

  /** Once each: from then on the records say what becomes of it. */
  async of(values: readonly Value[]): Promise<void> {
    for (const [of, value] of values) {
      if (this.#done.has(`${of} ${value}`)) continue;
      this.#done.add(`${of} ${value}`);
      for (const { carried, take } of this.#all) if (carried.of === of) await this.#writing.run(take, { value });
    }
  }
}

function takingOver({ table, column }: Carried): Taking {
  return statement<{ value: SqlValue }>((db, p) => ({
    compile: () =>
      sql`insert into ${sql.raw(table)} select * from ${sql.raw(keptName(table))} where ${sql.raw(column)} = ${p('value')} on conflict do nothing`.compile(
        db,
      ),
  }));
}
