export type Dialect = 'sqlite' | 'postgres';

/** A value as both databases keep it: INTEGER/BIGINT, REAL, TEXT, BLOB/BYTEA, NULL. */
export type SqlValue = number | string | Uint8Array | null;
