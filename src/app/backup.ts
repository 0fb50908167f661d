/** `gatehouse backup`: where the record lies, by the config, and what of a backup goes on record. */
import { isAbsolute, join, relative } from 'node:path';
import { LAST_BACKUP } from '../cli/doctor/backups.ts';
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { err, ok } from '../core/result.ts';
import { writeDurably } from '../journal/backup/files.ts';
import { makeBackup, type MadeBackup } from '../journal/backup/make-backup.ts';
import type { OpenJournal } from '../journal/open-journal.ts';

export interface BackupIn {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly clock: Clock;
  readonly version: string;
}

const POSTGRES =
  'The record is in PostgreSQL, which is backed up with its own tools: docs/backup.md says in which order. ' +
  'Nothing was done.';
const ONE_RUNS = 'A backup is being made already. Nothing was done.';

/** One at a time. */
export function backupIn(given: BackupIn): RecordDeps['backup'] {
  let running = false;
  return async ({ to, progress, signal }) => {
    const refused = refusalOf(given.config, to, running);
    if (refused !== undefined) return err(refused);
    running = true;
    try {
      const made = await makeBackup({
        ...{ from: given.config.data.dir, to, clock: given.clock, progress, signal },
        ...{ domain: given.config.homeserver.domain, signing: given.journal.keys.signing },
        ...{ version: given.version, config: given.config.digest, keepKeysMs: given.config.backup.keys.keepFor },
      });
      await record(made, given);
      await writeDurably(
        join(given.config.data.dir, LAST_BACKUP),
        `${JSON.stringify({ at: given.clock.now(), to })}\n`,
      );
      return ok(made);
    } finally {
      running = false;
    }
  };
}

function refusalOf(config: Config, to: string, running: boolean): string | undefined {
  if (config.database !== undefined) return POSTGRES;
  if (running) return ONE_RUNS;
  const inside = relative(config.data.dir, to);
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside))) {
    return `${to} is inside the data folder: a backup there would be lost with it. Give another folder, best on another disk.`;
  }
  return undefined;
}

async function record({ time, size, root, files, bytes, keysUntil }: MadeBackup, given: BackupIn): Promise<void> {
  const source = { system: 'gatehouse', id: `backup/${time}`, sure: true };
  const body = { size, root, files, bytes, keysUntil };
  await given.journal.append([{ kind: 'backup.made', at: given.clock.now(), source, body }]);
}
