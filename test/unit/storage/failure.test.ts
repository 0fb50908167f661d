import { describe, expect, test } from '@jest/globals';
import { postgresFailure, sqliteFailure } from '../../../src/storage/failure.ts';

const coded = (code: string) => Object.assign(new Error('driver words'), { code });

describe('what an error of the database means', () => {
  test.each([
    ['SQLITE_FULL', false],
    ['SQLITE_BUSY', false],
    ['SQLITE_BUSY_SNAPSHOT', false],
    ['SQLITE_CANTOPEN', false],
    ['SQLITE_IOERR_FSYNC', true],
    ['SQLITE_IOERR_WRITE', true],
    ['SQLITE_CORRUPT', true],
    ['SQLITE_NOTADB', true],
  ])('%s: down, for good: %s', (code, fatal) => {
    expect(sqliteFailure(coded(code))).toMatchObject({ name: 'DatabaseDown', fatal });
  });

  test.each([
    ['ECONNREFUSED', false],
    ['57P01', false],
    ['08006', false],
    ['53100', false],
    ['58030', true],
  ])('PostgreSQL %s: down, for good: %s', (code, fatal) => {
    expect(postgresFailure(coded(code))).toMatchObject({ name: 'DatabaseDown', fatal });
  });

  test('a broken constraint or a bug is no failure of the database', () => {
    expect(sqliteFailure(coded('SQLITE_CONSTRAINT_UNIQUE'))).toBeUndefined();
    expect(postgresFailure(coded('23505'))).toBeUndefined();
    expect(sqliteFailure(new TypeError('x'))).toBeUndefined();
    expect(postgresFailure(new Error('Connection terminated unexpectedly'))).toMatchObject({ fatal: false });
  });
});
