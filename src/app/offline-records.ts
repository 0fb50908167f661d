/** Commands on the record while no Gatehouse runs: this process opens it, alone. */
import { join } from 'node:path';
import { recordCommands } from '../cli/records/commands.ts';
import type { Rebuilt, RecordDeps } from '../cli/records/record-deps.ts';
import type { Ended, RecordCommands } from '../cli/records/record-command.ts';
import type { Config } from '../config/config.ts';
import { Closing } from '../core/closing.ts';
import type { Clock } from '../core/clock.ts';
import type { HealthReport } from '../core/ports/health.ts';
import type { Log } from '../core/ports/log.ts';
import { err, ok, type Result } from '../core/result.ts';
import { acquireLock } from '../http/control/lock.ts';
import { openJournal, type OpenJournal } from '../journal/open-journal.ts';
import type { Place, WriterParts } from '../journal/open-writer.ts';
import { rebuild } from '../journal/rebuild.ts';
import type { RebuildResult } from '../journal/rebuild-types.ts';
import { openDatabase } from '../storage/open-database.ts';
import { offlineReconcile } from './offline-reconcile.ts';
import { placeOf } from './place.ts';
import { backupIn } from './backup.ts';
import { logOf, openPublisher } from './publisher.ts';
import { recordDeps } from './records.ts';

export interface OfflineOptions {
  readonly config: Config;
  readonly pid: number;
  readonly version: string;
  readonly clock: Clock;
  readonly parts: WriterParts;
  readonly log: Log;
}

/** Plain words when another process holds the data or it can't be opened. */
export async function openRecords(options: OfflineOptions): Promise<Result<RecordCommands & AsyncDisposable, string>> {
  await using undo = new Closing();
  const { config, pid, clock, parts, log } = options;
  const place = placeOf(config);
  if (!place.ok) return place;
  const lock = await acquireLock(join(config.data.dir, 'lock'), { pid, what: 'a command' });
  if (!lock.ok) return err(lock.error.message);
  undo.use(lock.value);
  const journal = undo.use(await openJournal({ ...place.value, writer: { in: 'here', clock, ...parts } }));
  // What an earlier epoch published is put into its folder before anything looks at the log.
  const publisher = await openPublisher({ config, journal, clock, log });
  const deps = recordDeps(
    { config, journal, clock, ...(await logOf({ config, journal })) },
    {
      health: () => asleep(journal),
      retention: () => Promise.resolve('not-running'),
      reconcile: offlineReconcile({ config, journal, clock, log }),
      backup: backupIn({ config, journal, clock, version: options.version }),
      rebuild: async ({ check, progress }) =>
        rebuilt(await rebuildHere({ journal, parts, place: place.value, check, progress })),
    },
  );
  // Only asked whether the record is the one that was published; nothing is published here.
  const commands = publisher.ok ? recordCommands(deps) : onlyVerify(deps, publisher.error);
  const opened = undo.move();
  return ok({
    run: (name, calling) => commands.run(name, calling),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  });
}

/** A record that is behind or changed gets nothing new: what is written now would contradict what was published. */
function onlyVerify(deps: RecordDeps, why: string): RecordCommands {
  const commands = recordCommands({ ...deps, append: () => Promise.resolve([]) });
  const refused: Ended = { exit: 1, error: why };
  return { run: (name, calling) => (name === 'verify' ? commands.run(name, calling) : Promise.resolve(refused)) };
}

interface RebuildHere {
  readonly journal: OpenJournal;
  readonly parts: WriterParts;
  readonly place: Place;
  readonly check: boolean;
  readonly progress: (done: number, total: number) => void;
}

async function rebuildHere({ journal, parts, place, check, progress }: RebuildHere): Promise<RebuildResult> {
  await using database = await openDatabase(place.database);
  return await rebuild({ ...parts, database, keys: journal.keys, search: journal.search, check, progress });
}

function rebuilt({ difference }: RebuildResult): Rebuilt {
  if (difference === undefined) return { ok: true };
  return { ok: false, difference: `${difference.table} ${difference.row} ${difference.what}` };
}

async function asleep(journal: OpenJournal): Promise<HealthReport> {
  const size = await journal.size();
  return {
    ok: false,
    ...{ database: 'ok', homeserver: 'unknown', connectors: {}, closedGates: [] },
    stale: await journal.stale(),
    tasks: { ready: 0, dead: 0, oldestReadyMs: 0 },
    record: { size, checkpoint: 0 },
    warnings: ['Gatehouse is not running.'],
  };
}
