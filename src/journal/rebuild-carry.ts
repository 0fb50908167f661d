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
  readonly #all: readonly { readonly carried: Carried; readonly takes: readonly Taking[] }[];
  readonly #done = new Set<string>();

  constructor(projections: readonly Projection[], writing: Writing) {
    this.#writing = writing;
    this.#all = projections
      .flatMap((projection) => projection.carried ?? [])
      .map((carried) => ({ carried, takes: [...replacing(carried), takingOver(carried)] }));
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
    await this.#take('record', position);
  }

  /** Once each: from then on the records say what becomes of it. */
  async of(values: readonly Value[]): Promise<void> {
    for (const [of, value] of values) {
      if (this.#done.has(`${of} ${value}`)) continue;
      this.#done.add(`${of} ${value}`);
      await this.#take(of, value);
    }
  }

  async #take(of: Carried['of'], value: SqlValue): Promise<void> {
    for (const { carried, takes } of this.#all) {
      if (carried.of !== of) continue;
      for (const take of takes) await this.#writing.run(take, { value });
    }
  }
}

/** What the erased record replaced is not what there was. */
function replacing({ table, column, key = [] }: Carried): readonly Taking[] {
  if (key.length === 0) return [];
  const same = sql.join(
    key.map((name) => sql`kept.${sql.ref(name)} = ${sql.table(table)}.${sql.ref(name)}`),
    sql` and `,
  );
  return [
    statement<{ value: SqlValue }>((db, p) => ({
      compile: () =>
        sql`delete from ${sql.table(table)} where exists (select 1 from ${sql.table(keptName(table))} as kept where kept.${sql.ref(column)} = ${p('value')} and ${same})`.compile(
          db,
        ),
    })),
  ];
}

function takingOver({ table, column }: Carried): Taking {
  return statement<{ value: SqlValue }>((db, p) => ({
    compile: () =>
      sql`insert into ${sql.raw(table)} select * from ${sql.raw(keptName(table))} where ${sql.raw(column)} = ${p('value')} on conflict do nothing`.compile(
        db,
      ),
  }));
}
