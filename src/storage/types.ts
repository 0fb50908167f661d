/** Column types and table endings that mean the same in both databases. */
import type { Dialect } from './dialect.ts';

export interface Types {
  /** 64-bit integer: positions, counts, milliseconds. */
  readonly int: string;
  readonly real: string;
  /** Compared byte by byte in both databases, never by a locale. */
  readonly text: string;
  readonly bytes: string;
  /** Goes after a table's closing parenthesis: on SQLite a value of another type is refused. */
  readonly strict: string;
}

const byDialect: Readonly<Record<Dialect, Types>> = {
  sqlite: { int: 'integer', real: 'real', text: 'text', bytes: 'blob', strict: ' strict' },
  postgres: { int: 'bigint', real: 'double precision', text: 'text collate "C"', bytes: 'bytea', strict: '' },
};

/** `create table t (id ${t.int} primary key, name ${t.text} not null)${t.strict}` with `t = types(dialect)`. */
export function types(dialect: Dialect): Types {
  return byDialect[dialect];
}
