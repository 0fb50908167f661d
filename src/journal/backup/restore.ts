/**
 * Restores a backup into a data folder. Nothing that is there is touched before the backup was found to be whole, of this
 * installation and unchanged, and everything lies ready; then only names change. The newest keys are used with whichever
 * record: what was erased after the record was copied stays erased. The record goes on in a new epoch.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { continueLog, fitKeys, furthest, type KnownHead } from '../log/continue-log.ts';
import { ownCheckpoint } from '../log/earlier-logs.ts';
import { CHECKPOINT_FILE } from '../log/log-names.ts';
import { isMissing } from '../missing.ts';
import { openJournal, type OpenJournal } from '../open-journal.ts';
import type { Place, WriterParts } from '../open-writer.ts';
import { rebuild } from '../rebuild.ts';
import { chosenTime, copyKeys, copyListed, openFolder, type ChosenFolder } from './choose-backup.ts';
import { copyLog } from './copy-log.ts';
import { copyDurably, hashFile, readText } from './files.ts';
import { BLOB_LIST, JOURNAL_FILE, KEYS_FILE, timeName } from './layout.ts';
import type { OfInstallation } from './manifest.ts';
import { beginRestoring, declareReady, occupied, placeRestored, RESTORING } from './place-restored.ts';

export interface RestoreOptions extends WriterParts, Pick<Place, 'masterKey' | 'defaultClass'> {
  /** The backup folder. */
  readonly from: string;
  /** Where the copies of the keys lie, when that is not `keys/` in it. */
  readonly keys?: string;
  /** Which backup; the newest when left out. */
  readonly time?: string;
  /** The data folder; it exists, and nobody else uses it. */
  readonly to: string;
  readonly domain: string;
  /** Moves the record that is there aside; without it nothing is done where there is one. */
  readonly replace: boolean;
  /** Heads of this record that are known beside the backup: of the log that is there, of other places. */
  readonly known: (installation: OfInstallation) => Promise<readonly KnownHead[]>;
  /** Positions that the journal's own entries say were erased: their keys go again. */
  readonly erased?: (journal: OpenJournal) => Promise<readonly Position[]>;
  readonly clock: Clock;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly time: string;
  readonly keysTime: string;
  /** Entries that came back. */
  readonly size: number;
  /** Of these, entries whose content was erased. */
  readonly erased: number;
  readonly files: number;
  readonly epoch: number;
  /** How far the record is known to have gone before: the positions after `size` up to here are lost. */
  readonly known: number;
  /** Where the record that was there lies now. */
  readonly aside?: string;
}

/** Plain words where it can't be done; then the data folder is as it was. @throws the disk's error */
export async function restoreBackup(options: RestoreOptions): Promise<Result<Restored, string>> {
  const there = await occupied(options.to);
  if (there.length > 0 && !options.replace) {
    return err(
      `the data folder ${options.to} holds a record already (${there.join(', ')}). Nothing was changed. ` +
        'With --replace it is moved aside, into a folder of its own beside it',
    );
  }
  const staging = await beginRestoring(options.to);
  const staged = await stagedOrGone(options, staging);
  if (!staged.ok) return staged;
  await declareReady(options.to, `before-restore-${timeName(options.clock.now())}`);
  const placed = await placeRestored(options.to);
  return ok({ ...staged.value, ...(placed?.aside === undefined ? {} : { aside: placed.aside }) });
}

/** What could not be made ready leaves nothing behind. */
async function stagedOrGone(options: RestoreOptions, staging: string): Promise<Result<Restored, string>> {
  let done = false;
  try {
    const staged = await stage(options, staging);
    done = staged.ok;
    return staged;
  } finally {
    if (!done) await rm(join(options.to, RESTORING), { recursive: true, force: true });
  }
}

async function stage(options: RestoreOptions, staging: string): Promise<Result<Restored, string>> {
  const { domain, masterKey } = options;
  const parents = { record: join(options.from, 'journal'), keys: options.keys ?? join(options.from, 'keys') };
  const keysTime = await chosenTime(parents.keys, undefined);
  if (!keysTime.ok) return keysTime;
  const keys = await copyKeys({ parent: parents.keys, time: keysTime.value }, staging, { masterKey, domain });
  if (!keys.ok) return keys;
  const time = await chosenTime(parents.record, options.time);
  if (!time.ok) return time;
  const signing = await signingOf(staging, masterKey);
  const record = await openFolder(parents.record, time.value, { domain, signing, what: 'record' });
  if (!record.ok) return record;
  if (keys.value.manifest.createdAt < record.value.manifest.createdAt) {
    return err(
      `the newest keys (${keys.value.time}) are older than the backup ${time.value}: its last records would not open. ` +
        'Give the folder with newer keys (--keys), or choose an older backup (--time)',
    );
  }
  const copied = await copyRecord(record.value, { options, staging });
  return copied.ok ? goOn(options, staging, { record: record.value, keys: keys.value, files: copied.value }) : copied;
}

async function signingOf(staging: string, masterKey: Uint8Array): Promise<OfInstallation['signing']> {
  const database = await openDatabase({ dialect: 'sqlite', file: join(staging, KEYS_FILE) });
  await using ring = await openKeyRing(database, masterKey, false);
  return ring.signing;
}

interface Copying {
  readonly options: RestoreOptions;
  readonly staging: string;
}

/** How many attachments came back. */
async function copyRecord(record: ChosenFolder, copying: Copying): Promise<Result<number, string>> {
  const { options, staging } = copying;
  const total = record.manifest.bytes + record.manifest.blobs.bytes;
  let done = 0;
  const more = (bytes: number): void => {
    done += bytes;
    options.progress(done, Math.max(done, total));
  };
  for (const file of record.files) {
    options.signal.throwIfAborted();
    if (file.path === BLOB_LIST) continue;
    const copied = await copyListed(record, file, join(staging, file.path));
    if (!copied.ok) return copied;
    more(file.size);
  }
  return copyBlobsBack(record, copying, more);
}

async function copyBlobsBack(
  record: ChosenFolder,
  { options, staging }: Copying,
  more: (bytes: number) => void,
): Promise<Result<number, string>> {
  const listed = record.files.find((file) => file.path === BLOB_LIST);
  const hashed = await hashFile(join(record.folder, BLOB_LIST));
  if (listed === undefined || hashed?.sha256 !== listed.sha256) return err(`${record.folder}/${BLOB_LIST} was changed`);
  const list = (await readText(join(record.folder, BLOB_LIST))) ?? '';
  const lines = list.split('\n').slice(0, -1);
  for (const line of lines) {
    options.signal.throwIfAborted();
    const blob = line.split(' ')[0] ?? '';
    const path = join('blobs', blob.slice(0, 2), blob);
    const size = await copyBlob(blob, join(options.from, path), join(staging, path));
    if (size === undefined) return err(`the attachment ${join(options.from, path)} is missing or was changed`);
    more(size);
  }
  return ok(lines.length);
}

/** Undefined where it is not what its name says. */
async function copyBlob(blob: string, from: string, to: string): Promise<number | undefined> {
  try {
    await copyDurably(from, to);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const hashed = await hashFile(to);
  return hashed?.sha256 === blob ? hashed.size : undefined;
}

interface Copies {
  readonly record: ChosenFolder;
  readonly keys: ChosenFolder;
  readonly files: number;
}

/** The copies become a record again: opened, held against its manifest, erased where it was, and begun anew. */
async function goOn(
  options: RestoreOptions,
  staging: string,
  { record, keys, files }: Copies,
): Promise<Result<Restored, string>> {
  const { size, root } = record.manifest;
  const place: Place = {
    database: { dialect: 'sqlite', file: join(staging, JOURNAL_FILE) },
    keysDatabase: { dialect: 'sqlite', file: join(staging, KEYS_FILE) },
    masterKey: options.masterKey,
    defaultClass: options.defaultClass,
  };
  await eraseAgain(options, place);
  const fitted = await fitKeys({ keys: place.keysDatabase, masterKey: options.masterKey }, size);
  const erased = size - fitted.entries;
  if (erased > 0) await forget(options, place);
  await using journal = await open(options, place);
  const head = await journal.reader.stats();
  if (head.size !== size || Buffer.from(head.root).toString('base64') !== root) {
    return err(`the copy of the journal does not hold what its manifest says (${size} records): it is damaged`);
  }
  await keepLog(options, staging, { domain: options.domain, signing: fitted.signing, size });
  const known = furthest([
    ...(await options.known({ domain: options.domain, signing: fitted.signing })),
    { origin: record.manifest.origin, size, root },
  ]);
  const why = `restored from the backup ${record.time}`;
  const { epoch } = await continueLog(journal, {
    domain: options.domain,
    known,
    restored: size,
    why,
    clock: options.clock,
  });
  const times = { time: record.time, keysTime: keys.time };
  return ok({ ...times, size, erased, files, epoch, known: Math.max(size, known?.size ?? 0) });
}

/** The log that lies in the data folder is evidence when it went further than the backup's: it is kept as the earlier epoch's. */
async function keepLog(
  { to }: RestoreOptions,
  staging: string,
  { size, ...installation }: OfInstallation & { readonly size: number },
): Promise<void> {
  const note = await readText(join(to, 'log', CHECKPOINT_FILE));
  const there = note === undefined ? undefined : ownCheckpoint(note, installation);
  if (there === undefined || there.size <= size) return;
  await rm(join(staging, 'log'), { recursive: true, force: true });
  await copyLog({ from: join(to, 'log'), to: staging });
}

function open({ parts, tasks, clock }: RestoreOptions, place: Place): Promise<OpenJournal> {
  return openJournal({ ...place, writer: { in: 'here', clock, parts, tasks } });
}

/** What the record itself says was erased, is: whichever keys came back. */
async function eraseAgain(options: RestoreOptions, place: Place): Promise<void> {
  if (options.erased === undefined) return;
  const positions = await positionsErased(options.erased, options, place);
  await using ring = await openKeyRing(await openDatabase(place.keysDatabase), options.masterKey, false);
  if (positions.length > 0) await ring.eraseEntryKeys(positions);
  await ring.database.scrub();
}

async function positionsErased(
  erased: NonNullable<RestoreOptions['erased']>,
  options: RestoreOptions,
  place: Place,
): Promise<readonly Position[]> {
  await using journal = await open(options, place);
  return await erased(journal);
}

/** The copy of the journal may still hold search words and rows of entries that were erased since: they are made anew. */
async function forget(options: RestoreOptions, place: Place): Promise<void> {
  await using journal = await open(options, place);
  await using database = await openDatabase(place.database);
  const { parts, tasks, progress } = options;
  await rebuild({ parts, tasks, database, keys: journal.keys, search: journal.search, check: false, progress });
  await database.scrub();
}
