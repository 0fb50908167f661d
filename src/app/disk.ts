/** How much room the disk has that the data lie on, and how large the databases have become. */
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { HealthReport } from '../core/ports/health.ts';

const MB = 1024 * 1024;
/** Below it nothing may be recorded soon, so nothing may move. */
export const DISK_RED_BYTES = 200 * MB;
export const DISK_LOW_BYTES = 1024 * MB;
export const DISK_LOW_SHARE = 0.05;

export type Disk = NonNullable<HealthReport['disk']>;

/** Undefined where the system doesn't say. Free is what this program may still use. */
export async function diskOf(dir: string): Promise<Disk | undefined> {
  try {
    const { bsize, bavail, blocks } = await statfs(dir);
    return { freeBytes: bsize * bavail, totalBytes: bsize * blocks };
  } catch {
    return undefined;
  }
}

/** `red`: whoever relies on us must know at once. */
export function diskState({ freeBytes, totalBytes }: Disk): 'ok' | 'low' | 'red' {
  if (freeBytes < DISK_RED_BYTES) return 'red';
  return freeBytes < DISK_LOW_BYTES || freeBytes < totalBytes * DISK_LOW_SHARE ? 'low' : 'ok';
}

export function diskWords(disk: Disk): string {
  const free = `${String(Math.floor(disk.freeBytes / MB))} MB free where the records lie`;
  return diskState(disk) === 'red'
    ? `Almost no room: ${free}. When it is full nothing can be recorded, so nothing moves. Make room now.`
    : `Little room: ${free}. Make room before it is full.`;
}

/** The databases of a data folder with their logs; those that aren't there are left out. */
const FILES = ['gatehouse.db', 'gatehouse.db-wal', 'keys.db', 'keys.db-wal'] as const;

export async function fileSizes(dir: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of FILES) {
    try {
      sizes.set(name, (await stat(join(dir, name))).size);
    } catch {
      // On PostgreSQL there are none.
    }
  }
  return sizes;
}
