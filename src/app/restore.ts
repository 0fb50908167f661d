/** `gatehouse restore`: from a backup, or with `--here` from what lies in the data folder. Only while nobody runs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Restore, RestoreAsked } from '../cli/deps.ts';
import type { Config } from '../config/config.ts';
import { Closing } from '../core/closing.ts';
import type { Clock } from '../core/clock.ts';
import { err, ok, type Result } from '../core/result.ts';
import { acquireLock } from '../http/control/lock.ts';
import { placeRestored } from '../journal/backup/place-restored.ts';
import { restoreBackup } from '../journal/backup/restore.ts';
import { continueLog, fitKeys, furthest, type KnownHead } from '../journal/log/continue-log.ts';
import { epochNamed } from '../journal/merkle/checkpoint.ts';
import { openJournal, type OpenJournal } from '../journal/open-journal.ts';
import { positionsErased } from '../journal/rebuild-erased.ts';
import type { Place, WriterParts } from '../journal/open-writer.ts';
import { forgetAhead, headsKnown, uncheckedSince } from './known-elsewhere.ts';
import { placeOf, placeWithout } from './place.ts';

export interface RestoreIn {
  readonly config: Config;
  readonly pid: number;
  readonly clock: Clock;
  readonly parts: WriterParts;
}

/** Keys in one commit. */
const ERASED_AT_ONCE = 1_000;

const POSTGRES =
  'The record is in PostgreSQL: load your dumps with its own tools (docs/backup.md), then run: gatehouse restore --here. ' +
  'Nothing was done.';

/** Plain words where nothing was done. */
export async function restoreIn(given: RestoreIn, asked: RestoreAsked): Promise<Result<Restore, string>> {
  const { config, pid } = given;
  const place = placeWithout(config);
  if (!place.ok) return place;
  await mkdir(config.data.dir, { recursive: true, mode: 0o700 });
  const lock = await acquireLock(join(config.data.dir, 'lock'), { pid, what: 'restore' });
  if (!lock.ok) return err(lock.error.message);
  await using undo = new Closing();
  undo.use(lock.value);
  // What an earlier call had ready is put in place first, whatever is asked now.
  const finished = await placeRestored(config.data.dir);
  if (finished !== undefined) {
    await forgetAhead(config.data.dir);
    return ok({ did: 'finished', ...(finished.aside === undefined ? {} : { aside: finished.aside }) });
  }
  const done = asked.from === undefined ? await here(given, asked) : await fromBackup(given, place.value, asked);
  if (done.ok && done.value.did !== 'explained') await forgetAhead(config.data.dir);
  return done;
}

async function fromBackup(
  { config, clock, parts }: RestoreIn,
  place: Place,
  asked: RestoreAsked,
): Promise<Result<Restore, string>> {
  if (config.database !== undefined || asked.from === undefined) return err(POSTGRES);
  const { from, keys, time, replace, progress, signal } = asked;
  const { dir } = config.data;
  const restored = await restoreBackup({
    ...{ from, to: dir, domain: config.homeserver.domain, replace, clock, progress, signal, ...parts },
    ...(keys === undefined ? {} : { keys }),
    ...(time === undefined ? {} : { time }),
    masterKey: place.masterKey,
    defaultClass: place.defaultClass,
    known: (installation) => headsKnown(dir, installation, from),
    erased: (journal) => journal.database.read((reading) => positionsErased(reading, journal.keys)),
  });
  return restored.ok ? ok({ did: 'restored', ...restored.value }) : restored;
}

/** Two steps, so that nobody parts from lost records by accident: first what it means, then the number of records. */
async function here({ config, clock, parts }: RestoreIn, asked: RestoreAsked): Promise<Result<Restore, string>> {
  const place = placeOf(config);
  if (!place.ok) return place;
  const { dir } = config.data;
  const { domain } = config.homeserver;
  const standing = await standingIn(place.value, { clock, parts });
  const known = await aheadOf(standing, config);
  if (known === undefined) {
    return err(
      `nothing is known to have gone further than the ${String(standing.size)} records here, so there is no reason for ` +
        'a new epoch. Nothing was done',
    );
  }
  const restored = Math.min(standing.size, (await uncheckedSince(dir)) ?? standing.size);
  const from = Math.min(restored, known.size) + 1;
  if (asked.confirm !== standing.size) {
    return ok({ did: 'explained', size: standing.size, from, known: known.size, origin: known.origin });
  }
  await fitKeys({ keys: place.value.keysDatabase, masterKey: place.value.masterKey }, standing.size);
  await using journal = await openJournal({ ...place.value, writer: { in: 'here', clock, ...parts } });
  const why = 'continued from what was there';
  await eraseAgain(journal);
  const { epoch } = await continueLog(journal, { domain, known, restored, why, clock });
  return ok({ did: 'continued', size: standing.size, epoch, known: known.size });
}

/** Whichever keys were loaded: what the record says was erased, is. */
async function eraseAgain(journal: OpenJournal): Promise<void> {
  const erased = await journal.database.read((reading) => positionsErased(reading, journal.keys));
  for (let at = 0; at < erased.length; at += ERASED_AT_ONCE) {
    await journal.eraseKeys(erased.slice(at, at + ERASED_AT_ONCE));
  }
  if (erased.length > 0) await journal.scrub();
}

interface Standing {
  readonly size: number;
  readonly epoch: number;
  readonly known: (data: string, domain: string) => Promise<readonly KnownHead[]>;
}

async function standingIn(place: Place, { clock, parts }: Pick<RestoreIn, 'clock' | 'parts'>): Promise<Standing> {
  await using journal = await openJournal({ ...place, writer: { in: 'here', clock, ...parts } });
  const { size, epoch } = await journal.reader.stats();
  const { signing } = journal.keys;
  return { size, epoch, known: (data, domain) => headsKnown(data, { domain, signing }) };
}

/** The furthest head that the record here has not reached. */
async function aheadOf(standing: Standing, config: Config): Promise<KnownHead | undefined> {
  const known = furthest(await standing.known(config.data.dir, config.homeserver.domain));
  if (known === undefined) return undefined;
  const epoch = epochNamed(known.origin);
  return epoch > standing.epoch || (epoch === standing.epoch && known.size > standing.size) ? known : undefined;
}
