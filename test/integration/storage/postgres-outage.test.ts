import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../src/storage/database.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { until } from '../../support/carrier.ts';
import { cuttableProxy, type CuttableProxy } from '../../support/cuttable-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let network: CuttableProxy;
let database: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  const url = new URL(await postgres.database());
  network = await cuttableProxy(Number(url.port));
  url.port = String(network.port);
  database = await openDatabase({ dialect: 'postgres', url: url.href });
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

/** Resolves when the connection is gone and its client has had the time to notice. */
async function lose(): Promise<void> {
  network.cut();
  await until('the end of all connections', () => network.open === 0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const worked = (): Promise<string> => Promise.resolve('worked');

describe('a server that is lost', () => {
  test.each(['read', 'write'] as const)(
    'between two statements of a %s ends that transaction alone, not the process',
    async (kind) => {
      // An error that nobody listens to would fail this file.
      await expect(database[kind](lose)).rejects.toMatchObject({ name: 'DatabaseDown', fatal: false });
      network.heal();
      await expect(database[kind](worked)).resolves.toBe('worked');
    },
  );

  test('while nobody asks it is noticed by the next who does, and used again when it is back', async () => {
    await database.read(worked);
    await lose();
    await expect(database.read(worked)).rejects.toMatchObject({ name: 'DatabaseDown', fatal: false });
    network.heal();
    await expect(database.read(worked)).resolves.toBe('worked');
  });
});
