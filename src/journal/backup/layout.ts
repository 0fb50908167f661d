/** How a backup folder lies: `journal/<time>/`, `keys/<time>/`, `blobs/`; what is not whole ends in `.part`. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { must, parseMillis, type Millis } from '../../core/ids.ts';
import { namesIn } from '../missing.ts';

export const JOURNAL_FILE = 'gatehouse.db';
export const KEYS_FILE = 'keys.db';
/** The blobs on record at that time, a line each: hash, size. */
export const BLOB_LIST = 'blobs';
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z$/u;

/** `2026-03-09T02-00-00.123Z`: UTC; names sort by time. */
export function timeName(at: Millis): string {
  return new Date(at).toISOString().replaceAll(':', '-');
}

/** The time that a name says; undefined for any other name. */
export function timeOf(name: string): Millis | undefined {
  if (!TIME.test(name)) return undefined;
  const [day = '', clock = ''] = name.split('T');
  const at = Date.parse(`${day}T${clock.replaceAll('-', ':')}`);
  return Number.isNaN(at) ? undefined : must(parseMillis(at));
}

/** Whole backups below `folder`, the newest first. */
export async function timesIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => timeOf(name) !== undefined).toSorted((a, b) => (a < b ? 1 : -1));
}

/** Takes away what a backup that did not end left there. */
export async function removeParts(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (name.endsWith('.part')) await rm(join(folder, name), { recursive: true, force: true });
  }
}
