/** A record of a wanted size: made once by the writer itself, in its largest commits, and kept under `.cache/bench`. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { must, parseClassId } from '../../src/core/ids.ts';
import { allParts, writerOn } from './ground.ts';
import { say } from './say.ts';
import { mixed } from './traffic.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/bench/record');
const BATCH = 1_000;
const SAID_EVERY_BYTES = 50_000_000;
const DATABASES = ['gatehouse.db', 'keys.db'];
const KEY = 'master.key';

/** Puts the record into a house's folder, in the place of its own. Nothing may run there. */
export async function putLargeRecord(dir: string, bytes: number): Promise<void> {
  const kept = join(CACHE, 'gatehouse.db');
  if (!existsSync(kept) || statSync(kept).size < bytes) await make(bytes);
  const data = join(dir, 'data');
  for (const name of DATABASES) {
    for (const log of ['-wal', '-shm']) await rm(join(data, `${name}${log}`), { force: true });
    await cp(join(CACHE, name), join(data, name));
  }
  // What was published belongs to the record that is gone.
  await rm(join(data, 'log'), { recursive: true, force: true });
  await cp(join(CACHE, KEY), join(dir, 'secrets', KEY));
}

/** An interrupted one is begun again. */
async function make(bytes: number): Promise<void> {
  const dir = `${CACHE}.new`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const masterKey = Uint8Array.from(randomBytes(32));
  await writeFile(join(dir, KEY), masterKey, { mode: 0o600 });
  const [database, keysDatabase] = DATABASES.map((name) => join(dir, name));
  if (database === undefined || keysDatabase === undefined) throw new Error('a record has two databases');
  {
    await using writer = await writerOn(
      {
        database: { dialect: 'sqlite', file: database },
        keysDatabase: { dialect: 'sqlite', file: keysDatabase },
        masterKey,
        defaultClass: must(parseClassId('bench')),
      },
      allParts,
    );
    let said = 0;
    for (let size = 0; size < bytes; size = statSync(database).size) {
      await writer.core.append(mixed(BATCH));
      if (size < said + SAID_EVERY_BYTES) continue;
      said = size;
      say(`record: ${(size / 1e6).toFixed(0)} of ${(bytes / 1e6).toFixed(0)} MB`);
    }
  }
  ended(database);
  await rm(CACHE, { recursive: true, force: true });
  await rename(dir, CACHE);
}

/** What follows from the entries was done long ago, as in a house that has been at work for months. */
function ended(file: string): void {
  const db = new Sqlite(file);
  db.exec(`update task set state = 'done', head = 0 where state = 'ready'`);
  db.exec(`update message set state = 'sent' where state = 'waiting'`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
