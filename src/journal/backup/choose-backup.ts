/** Which backup is restored, and whether it is whole, unchanged and of this installation: asked before anything is done. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../core/result.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { openKeyRing, WrongMasterKey } from '../keys/key-ring.ts';
import { isMissing } from '../missing.ts';
import { copyDurably, hashFile, readList, readText, type ListedFile } from './files.ts';
import { KEYS_FILE, timesIn } from './layout.ts';
import { FILES, MANIFEST, openManifest, readManifest, type Manifest, type OfInstallation } from './manifest.ts';

export interface ChosenFolder {
  readonly folder: string;
  readonly time: string;
  readonly manifest: Manifest;
  readonly files: readonly ListedFile[];
}

/** The named backup, or the newest. Plain words where there is none. */
export async function chosenTime(parent: string, time: string | undefined): Promise<Result<string, string>> {
  const times = await timesIn(parent);
  if (time === undefined) {
    const [newest] = times;
    return newest === undefined ? err(`there is no whole backup in ${parent}`) : ok(newest);
  }
  if (times.includes(time)) return ok(time);
  return err(`there is no backup ${time} in ${parent}; there are: ${times.slice(0, 10).join(', ') || 'none'}`);
}

/** Manifest and list of a backup's folder; their hashes and signature hold. */
export async function openFolder(
  parent: string,
  time: string,
  { what, ...installation }: OfInstallation & { readonly what: Manifest['what'] },
): Promise<Result<ChosenFolder, string>> {
  const folder = join(parent, time);
  const note = await readText(join(folder, MANIFEST));
  if (note === undefined) return err(`${folder} has no manifest: it is not a whole backup`);
  const manifest = openManifest(note, installation);
  if (manifest === undefined) return err(notOurs(folder, note, installation));
  if (manifest.what !== what) return err(`${folder} holds ${manifest.what}, not ${what}`);
  const list = await hashFile(join(folder, FILES));
  const files = list?.sha256 === manifest.files ? readList(await readFile(join(folder, FILES), 'utf8')) : undefined;
  if (files === undefined) return err(`${folder}/${FILES} was changed after the backup was made`);
  return ok({ folder, time, manifest, files });
}

function notOurs(folder: string, note: string, { domain }: OfInstallation): string {
  const said = readManifest(note);
  if (said !== undefined && said.domain !== domain) {
    return `${folder} is a backup of ${said.domain}, and this config is for ${domain}`;
  }
  return `${folder}/${MANIFEST} was changed, or is of another installation: it is not signed with the key in this copy of the keys`;
}

/**
 * Copies a backup's file and holds it against the list. Plain words where it is not what was backed up.
 * @throws the disk's error
 */
export async function copyListed(from: ChosenFolder, file: ListedFile, to: string): Promise<Result<void, string>> {
  const source = join(from.folder, file.path);
  try {
    await copyDurably(source, to);
  } catch (error) {
    if (isMissing(error)) return err(`${source} is missing from the backup`);
    throw error;
  }
  const hashed = await hashFile(to);
  if (hashed?.sha256 === file.sha256 && hashed.size === file.size) return ok(undefined);
  return err(`${source} is not what was backed up: it was changed, or the disk is failing`);
}

/**
 * The keys are what tells whose a backup is. Copies them into `to` and opens them with the master key.
 * Plain words where they are not to be had.
 */
export async function copyKeys(
  from: { readonly parent: string; readonly time: string },
  to: string,
  { masterKey, domain }: { readonly masterKey: Uint8Array; readonly domain: string },
): Promise<Result<ChosenFolder, string>> {
  const file = join(to, KEYS_FILE);
  try {
    await copyDurably(join(from.parent, from.time, KEYS_FILE), file);
  } catch (error) {
    if (isMissing(error)) return err(`${from.parent}/${from.time} has no ${KEYS_FILE}`);
    throw error;
  }
  const signing = await signingIn(file, masterKey);
  if (!signing.ok) return signing;
  const opened = await openFolder(from.parent, from.time, { domain, signing: signing.value, what: 'keys' });
  if (!opened.ok) return opened;
  // Opening it may have changed the copy (SQLite's own log): it is taken once more, and held against the list.
  const listed = opened.value.files.find((one) => one.path === KEYS_FILE);
  if (listed === undefined) return err(`${from.parent}/${from.time} has no ${KEYS_FILE}`);
  const copied = await copyListed(opened.value, listed, file);
  return copied.ok ? opened : copied;
}

async function signingIn(file: string, masterKey: Uint8Array): Promise<Result<OfInstallation['signing'], string>> {
  try {
    await using ring = await openKeyRing(await openDatabase({ dialect: 'sqlite', file }), masterKey, false);
    return ok(ring.signing);
  } catch (error) {
    if (error instanceof WrongMasterKey) return err(`${error.message}. The master key is in no backup`);
    return err('the copy of the keys in the backup cannot be opened: it is damaged');
  }
}
