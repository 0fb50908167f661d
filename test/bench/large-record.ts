/** A record of a wanted size: made once by the writer itself, in its largest commits, and kept under `.cache/bench`. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { systemClock } from '../../src/core/clock.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { createDatabaseLog } from '../../src/journal/log/database-log.ts';
import { LogFiles } from '../../src/journal/log/log-files.ts';
import { CHECKPOINT_FILE } from '../../src/journal/log/log-names.ts';
import { LogPublisher } from '../../src/journal/log/publisher.ts';
import { originOf } from '../../src/journal/merkle/checkpoint.ts';
import { createNoteSigner } from '../../src/journal/merkle/signed-note.ts';
import { openWriter, type Place } from '../../src/journal/open-writer.ts';
import { allParts, writerOn } from './ground.ts';
import { say } from './say.ts';
import { DOMAIN, mixed } from './traffic.ts';
import { KeptLog } from '../support/quiet.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/bench/record');
const BATCH = 1_000;
const SAID_EVERY_BYTES = 50_000_000;
const DATABASES = ['gatehouse.db', 'keys.db'];
const KEY = 'master.key';
const LOG = 'log';

/** Puts the record into a house's folder, in the place of its own. Nothing may run there. */
export async function putLargeRecord(dir: string, bytes: number): Promise<void> {
  const kept = join(CACHE, 'gatehouse.db');
  if (!existsSync(kept) || statSync(kept).size < bytes) await make(bytes);
  if (!existsSync(join(CACHE, LOG, CHECKPOINT_FILE))) await publish(CACHE);
  const data = join(dir, 'data');
  for (const name of DATABASES) {
    for (const log of ['-wal', '-shm']) await rm(join(data, `${name}${log}`), { force: true });
    await cp(join(CACHE, name), join(data, name));
  }
  await rm(join(data, LOG), { recursive: true, force: true });
  await cp(join(CACHE, LOG), join(data, LOG), { recursive: true });
  await cp(join(CACHE, KEY), join(dir, 'secrets', KEY));
}

/** An interrupted one is begun again. */
async function make(bytes: number): Promise<void> {
  const dir = `${CACHE}.new`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const masterKey = Uint8Array.from(randomBytes(32));
  await writeFile(join(dir, KEY), masterKey, { mode: 0o600 });
  const database = join(dir, 'gatehouse.db');
  {
    await using writer = await writerOn(placeIn(dir, masterKey), allParts);
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

function placeIn(dir: string, masterKey: Uint8Array): Place {
  return {
    database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
    masterKey,
    defaultClass: must(parseClassId('bench')),
  };
}

/** All but the last seconds of a record are published whenever its house dies. */
async function publish(dir: string): Promise<void> {
  say('record: is being published');
  const masterKey = Uint8Array.from(await readFile(join(dir, KEY)));
  await using writer = await openWriter(placeIn(dir, masterKey), allParts, {
    clock: systemClock,
    committed: () => undefined,
  });
  const opened = await LogPublisher.open({
    source: createDatabaseLog(writer.database),
    files: new LogFiles(join(dir, LOG)),
    signer: createNoteSigner(originOf(DOMAIN), writer.keys.signing),
    recorder: writer.core,
    clock: systemClock,
    log: new KeptLog(),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  await opened.value.publish();
  await opened.value[Symbol.asyncDispose]();
}

/** What follows from the entries was done long ago, as in a house that has been at work for months. */
function ended(file: string): void {
  const db = new Sqlite(file);
  db.exec(`update task set state = 'done', head = 0 where state = 'ready'`);
  db.exec(`update message set state = 'sent' where state = 'waiting'`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
