/**
 * A statement is built with Kysely, compiled once per dialect, and run with named parameters:
 *
 *   const byId = statement<{ id: string }, Row>((db, p) => db.selectFrom('task').selectAll().where('id', '=', p('id')), row.parse);
 *
 * `row` checks each row that comes back (a zod schema's `parse`), so that what the database holds is decoded at the edge.
 * Call `statement` at module level: a statement is compiled on first use and kept for the life of the process.
 */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type Compilable,
  type RawBuilder,
} from 'kysely';
import type { Dialect, SqlValue } from './dialect.ts';

type AnyTables = Record<string, Record<string, SqlValue>>;
/** A Kysely that can build and compile but not run; rows are checked by the statement's `row`, not by its types. */
export type Builder = Kysely<AnyTables>;
/** Stands for the parameter `name` in a statement under construction. */
export type Param<P> = (name: keyof P & string) => RawBuilder<SqlValue>;

export interface Compiled {
  readonly sql: string;
  /** Named parameters and constants, in the order in which they are bound. */
  readonly slots: readonly (Placeholder | SqlValue)[];
}

export interface Statement<P, R> {
  compiled(dialect: Dialect): Compiled;
  /** Checks one row. */
  readonly row: (row: unknown) => R;
  /** Never set; ties the parameters' type to the statement. */
  readonly params?: P;
}

/** Where a named parameter goes. */
export class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Writes parameters as `+?`: SQLite with STAT4 plans a statement again each time a bare `?` is bound that its planner
 * looked at (`= ?` under an ORDER BY, `limit ?`), which costs five to ten times the lookup itself (measured, 3.54.1).
 * The planner does not look behind the `+`, and indexes are used all the same.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

const builders: Readonly<Record<Dialect, Builder>> = {
  sqlite: new Kysely<AnyTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new PlannedOnce(),
    },
  }),
  postgres: new Kysely<AnyTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};

function noRows(): never {
  throw new Error('this statement returns no rows');
}

/** `P` names the parameters, `R` is one row; leave `row` out for a statement that only writes. */
export function statement<P, R = never>(
  build: (db: Builder, p: Param<P>, dialect: Dialect) => Compilable,
  row: (row: unknown) => R = noRows,
): Statement<P, R> {
  const done = new Map<Dialect, Compiled>();
  const compiled = (dialect: Dialect): Compiled => {
    const known = done.get(dialect);
    if (known !== undefined) return known;
    const query = build(builders[dialect], (name) => sql<SqlValue>`${new Placeholder(name)}`, dialect).compile();
    const fresh = { sql: query.sql, slots: query.parameters.map(slot) };
    done.set(dialect, fresh);
    return fresh;
  };
  return { compiled, row };
}

function slot(parameter: unknown): Placeholder | SqlValue {
  if (parameter instanceof Placeholder || parameter instanceof Uint8Array || parameter === null) return parameter;
  if (typeof parameter === 'number' || typeof parameter === 'string') return parameter;
  throw new Error(`a statement holds a constant of type ${typeof parameter}`);
}

/** The values to bind for `params`. */
export function bind(compiled: Compiled, params: Readonly<Record<string, SqlValue>>): SqlValue[] {
  return compiled.slots.map((value) => {
    if (!(value instanceof Placeholder)) return value;
    const given = params[value.name];
    if (given === undefined) throw new Error(`no value for parameter ${value.name}`);
    return given;
  });
}
