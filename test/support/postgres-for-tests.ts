/** One PostgreSQL for all tests of a file: started before the first, stopped after the last. */
import { afterAll, beforeAll } from '@jest/globals';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** What a test on `dialect` runs on: the server, or undefined where that is none. */
export function postgresForTests(): (dialect: 'sqlite' | 'postgres') => TestPostgres | undefined {
  let server: TestPostgres | undefined;

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  }, 60_000);

  return (dialect) => {
    if (dialect === 'sqlite') return undefined;
    if (server === undefined) throw new Error('no PostgreSQL');
    return server;
  };
}
