/**
 * Puts what was restored into the data folder. Everything is made whole in `restoring/` first; then `ready` says that it
 * is, and from there on only names change: whoever is killed in between is finished by the next call. As long as
 * `restoring/` is there, nothing else opens this data folder.
 */
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../durable-folder.ts';
import { isMissing } from '../missing.ts';
import { writeDurably } from './files.ts';
import { JOURNAL_FILE, KEYS_FILE } from './layout.ts';

export const RESTORING = 'restoring';
const READY = 'ready';
const TURNS = 'turns';
/** SQLite's own files first: it would play an old log into a new database that lies beside it. */
const NAMES = [
  ...[KEYS_FILE, JOURNAL_FILE].flatMap((file) => [`${file}-wal`, `${file}-shm`, file]),
  // Which tasks were running says something of the record they belong to, and of no other.
  ...['blobs', 'log', TURNS],
];

/** What of a record lies in the data folder. */
export async function occupied(data: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of NAMES) if (await exists(join(data, name))) found.push(name);
  return found;
}

/** An empty folder to restore into; what an attempt that did not get ready left there is gone. */
export async function beginRestoring(data: string): Promise<string> {
  const folder = join(data, RESTORING);
  await rm(folder, { recursive: true, force: true });
  for (const part of ['blobs', 'log']) await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, TURNS), '');
  await syncFolder(data);
  return folder;
}

/** From here on the restore happens, whatever happens. `aside`: the folder's name for what is there now. */
export async function declareReady(data: string, aside: string): Promise<void> {
  await syncFolder(join(data, RESTORING));
  await writeDurably(join(data, RESTORING, READY), aside);
}

/** Where the record that was there before lies now; undefined when there was none. Nothing is done unless ready. */
export async function placeRestored(data: string): Promise<{ readonly aside: string | undefined } | undefined> {
  const folder = join(data, RESTORING);
  const ready = await readReady(join(folder, READY));
  if (ready === undefined) return undefined;
  const aside = join(data, ready);
  for (const name of NAMES) await placeOne(name, { data, folder, aside });
  // Nobody may take it for unfinished once it is done: its name goes at once, then what is left of it.
  const done = `${folder}.done`;
  await rm(done, { recursive: true, force: true });
  await rename(folder, done);
  await syncFolder(data);
  await rm(done, { recursive: true, force: true });
  return { aside: (await exists(aside)) ? aside : undefined };
}

async function placeOne(
  name: string,
  { data, folder, aside }: { readonly data: string; readonly folder: string; readonly aside: string },
): Promise<void> {
  const main = name.replace(/-(?:wal|shm)$/u, '');
  // Once the new one has its place, what lies beside it is its own.
  if (!(await exists(join(folder, main)))) return;
  if (await exists(join(data, name))) {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(join(data, name), join(aside, name));
    await syncFolder(aside);
  }
  if (name === main) await rename(join(folder, name), join(data, name));
  await syncFolder(data);
}

async function readReady(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
