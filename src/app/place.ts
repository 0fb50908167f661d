/** Where the record lies, by the config, and the key to it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { err, ok, type Result } from '../core/result.ts';
import { RESTORING } from '../journal/backup/place-restored.ts';
import { loadMasterKey, masterKey } from '../journal/keys/master-key.ts';
import type { Place } from '../journal/open-writer.ts';

const UNFINISHED =
  'A restore was begun in this data folder and did not end. Nothing was started. Run the same gatehouse restore again: ' +
  'it begins anew, or finishes what was ready';

/** Makes the data folder, for its owner only, where it is missing. The error is in words for the admin. */
export function placeOf(config: Config): Result<Place, string> {
  if (existsSync(join(config.data.dir, RESTORING))) return err(UNFINISHED);
  return placeWithout(config);
}

/** As `placeOf`, for the one who may open a data folder in which a restore did not end: the restore. */
export function placeWithout(config: Config): Result<Place, string> {
  const key = masterKeyOf(config);
  if (!key.ok) return key;
  mkdirSync(config.data.dir, { recursive: true, mode: 0o700 });
  return ok({ ...databasesOf(config), masterKey: key.value, defaultClass: config.defaultClass });
}

function databasesOf(config: Config): Pick<Place, 'database' | 'keysDatabase'> {
  const { database, data } = config;
  if (database !== undefined) {
    return {
      database: { dialect: 'postgres', url: database.url.reveal() },
      keysDatabase: { dialect: 'postgres', url: database.keysUrl.reveal() },
    };
  }
  return {
    database: { dialect: 'sqlite', file: join(data.dir, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(data.dir, 'keys.db') },
  };
}

function masterKeyOf(config: Config): Result<Uint8Array, string> {
  const source = config.masterKey;
  if (source.from === 'file') return loadMasterKey(source.path);
  return masterKey(Buffer.from(source.base64.reveal(), 'base64'));
}
