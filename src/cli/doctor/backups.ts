/** What doctor says of backups: how old the newest is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { fine, warning, type Finding } from './finding.ts';

/** Beside the record: when the last backup was made, and where. A restored data folder has none yet. */
export const LAST_BACKUP = 'last-backup.json';
/** One night may be missed. */
const OLD_MS = 50 * 3_600_000;
const HOUR_MS = 3_600_000;
const FIX = 'run every night: gatehouse backup FOLDER (docs/backup.md)';

const shape = z.object({ at: z.number(), to: z.string() });

/** Nothing where PostgreSQL keeps the record: its backups are not ours to know. */
export function checkBackups(config: Pick<Config, 'data' | 'database'>, now: number): readonly Finding[] {
  if (config.database !== undefined) return [];
  const last = lastBackup(join(config.data.dir, LAST_BACKUP));
  if (last === undefined) return [warning('backup', 'no backup was made from this data folder', FIX)];
  const message = `last backup ${age(now - last.at)} ago, in ${last.to}`;
  return [now - last.at > OLD_MS ? warning('backup', message, FIX) : fine('backup', message)];
}

function lastBackup(file: string): z.output<typeof shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function age(ms: number): string {
  const hours = Math.max(0, Math.floor(ms / HOUR_MS));
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
