/**
 * What is known elsewhere of how far this record went, kept in two small files of the data folder. `ahead.json`: the
 * homeserver showed that the record went further than what lies here, so nothing starts until a person decides.
 * `unchecked.json`: since which record this process takes in without having been able to ask.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readText, writeDurably } from '../journal/backup/files.ts';
import { ownCheckpoint } from '../journal/log/earlier-logs.ts';
import { CHECKPOINT_FILE } from '../journal/log/log-names.ts';
import type { KnownHead } from '../journal/log/continue-log.ts';
import { manifestIn, type OfInstallation } from '../journal/backup/manifest.ts';
import { timesIn } from '../journal/backup/layout.ts';

const AHEAD = 'ahead.json';
const UNCHECKED = 'unchecked.json';

const aheadShape = z.object({
  origin: z.string(),
  size: z.int().positive(),
  root: z.string(),
  /** As people find it. */
  where: z.string(),
});
/** A head that was seen outside and is not reached here. */
export type Ahead = Readonly<z.infer<typeof aheadShape>>;
const uncheckedShape = z.object({ size: z.int().nonnegative() });

export function readAhead(data: string): Promise<Ahead | undefined> {
  return read(join(data, AHEAD), aheadShape);
}

export function writeAhead(data: string, ahead: Ahead): Promise<void> {
  return writeDurably(join(data, AHEAD), `${JSON.stringify(ahead)}\n`);
}

/** How many records there were when the first start since then could not ask; undefined when all is asked. */
export async function uncheckedSince(data: string): Promise<number | undefined> {
  return (await read(join(data, UNCHECKED), uncheckedShape))?.size;
}

/** The first start that can't ask counts: what it and later ones take in stands apart until they can. */
export async function markUnchecked(data: string, size: number): Promise<void> {
  if ((await uncheckedSince(data)) !== undefined) return;
  await writeDurably(join(data, UNCHECKED), `${JSON.stringify({ size })}\n`);
}

export async function markChecked(data: string): Promise<void> {
  await rm(join(data, UNCHECKED), { force: true });
}

/** A new epoch has begun: nothing of the one before stands against it. */
export async function forgetAhead(data: string): Promise<void> {
  // Tasks are named after positions: which of them were running says nothing of those that come.
  for (const name of [AHEAD, 'turns']) await rm(join(data, name), { force: true });
  await markChecked(data);
}

/** Heads of this record that are known in the data folder and, where one is given, in a backup folder. */
export async function headsKnown(
  data: string,
  installation: OfInstallation,
  backup?: string,
): Promise<readonly KnownHead[]> {
  const heads: KnownHead[] = [];
  const note = await readText(join(data, 'log', CHECKPOINT_FILE));
  const published = note === undefined ? undefined : ownCheckpoint(note, installation);
  if (published !== undefined) heads.push({ ...published, root: Buffer.from(published.root).toString('base64') });
  const ahead = await readAhead(data);
  if (ahead !== undefined) heads.push({ origin: ahead.origin, size: ahead.size, root: ahead.root });
  const folder = backup === undefined ? undefined : join(backup, 'journal');
  for (const time of folder === undefined ? [] : await timesIn(folder)) {
    const manifest = await manifestIn(join(folder ?? '', time), installation);
    if (manifest !== undefined) heads.push({ origin: manifest.origin, size: manifest.size, root: manifest.root });
  }
  return heads;
}

async function read<T>(file: string, shape: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : shape.parse(JSON.parse(text));
}
