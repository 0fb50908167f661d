/**
 * Makes a backup while everything runs. The order is what makes it whole: the published log first, so that its checkpoint
 * is never ahead of the journal's copy; then the journal; then the keys, so that every entry in the copy opens; then the
 * blobs, which are on disk before an entry names them. The manifests come last, and a folder gets its name only when its
 * manifest is on disk: what a crash leaves is never taken for a backup.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { after, type Millis } from '../../core/ids.ts';
import { copySqlite } from '../../storage/copy-sqlite.ts';
import type { Reading } from '../../storage/database.ts';
import { BlobStore } from '../blobs/blob-store.ts';
import { syncFolder, syncUpwards } from '../durable-folder.ts';
import { readHead } from '../head-store.ts';
import { entryKey } from '../keys/key-store.ts';
import { CHECKPOINT_FILE } from '../log/log-names.ts';
import { originOf } from '../merkle/checkpoint.ts';
import { CompactTree } from '../merkle/tree.ts';
import { copyBlobs, type CopiedBlobs } from './copy-blobs.ts';
import { copyLog } from './copy-log.ts';
import { hashFile, listed, listText, readText, sizeOf, writeDurably, type ListedFile } from './files.ts';
import { BLOB_LIST, JOURNAL_FILE, KEYS_FILE, removeParts, timeName, timesIn } from './layout.ts';
import { FILES, MANIFEST, manifestIn, signManifest, type Manifest, type OfInstallation } from './manifest.ts';
import { pruneKeys } from './prune-keys.ts';

export interface BackupOptions extends OfInstallation {
  /** The data folder. */
  readonly from: string;
  /** The backup folder; made where it is missing. */
  readonly to: string;
  readonly version: string;
  /** Digest of the config in use. */
  readonly config: string;
  readonly keepKeysMs: number;
  readonly clock: Clock;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface MadeBackup {
  readonly time: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  readonly newBlobs: number;
  readonly keysUntil: Millis;
  /** Older copies of the keys that were taken away. */
  readonly keysRemoved: number;
  /** Files on record that are not what they were: `verify` names their records. */
  readonly damaged: readonly string[];
  readonly tookMs: number;
}

/** @throws DatabaseDown, the disk's error, or when aborted; then the backup folder has nothing new in it. */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { clock, to } = options;
  const began = clock.monotonic();
  const at = clock.now();
  const time = timeName(at);
  const journal = join(to, 'journal', `${time}.part`);
  const keys = join(to, 'keys', `${time}.part`);
  await prepare(to, [journal, keys]);
  const bar = new Bar(options, await expected(options));
  const log = await copyLog({ from: join(options.from, 'log'), to: journal, ...(await logBefore(options)) });
  const head = await copyDatabase({ name: JOURNAL_FILE, folder: journal }, headIn, { options, bar });
  await copyDatabase({ name: KEYS_FILE, folder: keys }, firstKey, { options, bar });
  const blobs = await copyBlobs({
    ...{ blobs: new BlobStore(join(options.from, 'blobs')), from: join(options.from, 'blobs'), to: join(to, 'blobs') },
    progress: (bytes) => {
      bar.more(bytes);
    },
    signal: options.signal,
  });
  await writeDurably(join(journal, BLOB_LIST), blobs.list);
  const common = { at, options, head, blobs };
  await finish('keys', keys, [await listed(keys, KEYS_FILE)], common);
  const files = [await listed(journal, JOURNAL_FILE), await listed(journal, BLOB_LIST), ...log];
  const manifest = await finish('record', journal, files, common);
  const { domain, signing, keepKeysMs: keepMs } = options;
  const keysRemoved = await pruneKeys({ folder: join(to, 'keys'), domain, signing, now: at, keepMs });
  const { size, root, bytes, keysUntil } = manifest;
  return {
    ...{ time, size, root, keysUntil, keysRemoved, damaged: blobs.damaged, newBlobs: blobs.fresh },
    files: manifest.fileCount + blobs.count,
    bytes: bytes + blobs.bytes,
    tookMs: clock.monotonic() - began,
  };
}

async function prepare(to: string, folders: readonly string[]): Promise<void> {
  for (const parent of ['journal', 'keys', 'blobs']) {
    const folder = join(to, parent);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncUpwards(folder, made);
    await removeParts(folder);
  }
  for (const folder of folders) await mkdir(folder, { mode: 0o700 });
}

/** The newest backup of the same log: its tiles are used again. */
async function logBefore({ from, to, domain, signing }: BackupOptions): Promise<{ readonly before?: string }> {
  const [newest = ''] = await timesIn(join(to, 'journal'));
  const folder = join(to, 'journal', newest);
  if ((await manifestIn(folder, { domain, signing })) === undefined) return {};
  const [was, is] = [await originIn(join(folder, 'log')), await originIn(join(from, 'log'))];
  return was !== undefined && was === is ? { before: join(folder, 'log') } : {};
}

async function originIn(log: string): Promise<string | undefined> {
  return (await readText(join(log, CHECKPOINT_FILE)))?.split('\n')[0];
}

interface Head {
  readonly size: number;
  readonly epoch: number;
  readonly root: string;
}

interface Copying {
  readonly options: BackupOptions;
  readonly bar: Bar;
}

async function copyDatabase<T>(
  { name, folder }: { readonly name: string; readonly folder: string },
  look: (reading: Reading) => Promise<T>,
  { options, bar }: Copying,
): Promise<T> {
  const from = join(options.from, name);
  const seen = await copySqlite({
    ...{ from, to: join(folder, name), signal: options.signal },
    look,
    progress: (done) => {
      bar.at(done);
    },
  });
  bar.more(await sizeOf(join(folder, name)));
  return seen;
}

/** What it says does not matter: the first look fixes the moment that is copied. */
async function firstKey(reading: Reading): Promise<void> {
  await reading.get(entryKey, { position: 1 });
}

async function headIn(reading: Reading): Promise<Head> {
  const head = await reading.get(readHead, {});
  if (head === undefined) throw new Error('the journal has no head row: restore a backup');
  const root = Buffer.from(CompactTree.restore(head.tree).root()).toString('base64');
  return { size: head.position, epoch: head.epoch, root };
}

interface Common {
  readonly at: Millis;
  readonly options: BackupOptions;
  readonly head: Head;
  readonly blobs: CopiedBlobs;
}

/** Writes list and manifest and gives the folder its name. */
async function finish(
  what: Manifest['what'],
  folder: string,
  files: readonly ListedFile[],
  { at, options, head, blobs }: Common,
): Promise<Manifest> {
  await writeDurably(join(folder, FILES), listText(files));
  const list = await hashFile(join(folder, FILES));
  const { domain, version, config, keepKeysMs } = options;
  const manifest: Manifest = {
    ...{ what, createdAt: at, version, domain, origin: originOf(domain, head.epoch), config, ...head },
    files: list?.sha256 ?? '',
    fileCount: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    blobs: { count: blobs.count, bytes: blobs.bytes },
    keysUntil: after(at, keepKeysMs),
  };
  await writeDurably(join(folder, MANIFEST), signManifest(manifest, options));
  const whole = folder.slice(0, -'.part'.length);
  await rm(whole, { recursive: true, force: true });
  await rename(folder, whole);
  await syncFolder(join(whole, '..'));
  return manifest;
}

async function expected({ from }: BackupOptions): Promise<number> {
  return (await sizeOf(join(from, JOURNAL_FILE))) + (await sizeOf(join(from, KEYS_FILE)));
}

/** One bar over everything, in bytes; blobs make the total longer as they are met. */
class Bar {
  readonly #options: Pick<BackupOptions, 'progress'>;
  #before = 0;
  #total: number;

  constructor(options: Pick<BackupOptions, 'progress'>, total: number) {
    this.#options = options;
    this.#total = total;
  }

  /** So much of the file under way is done. */
  at(done: number): void {
    this.#options.progress(this.#before + done, Math.max(this.#total, this.#before + done));
  }

  /** A file is done. */
  more(bytes: number): void {
    this.#before += bytes;
    this.#total = Math.max(this.#total, this.#before);
    this.at(0);
  }
}
