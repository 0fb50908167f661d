/** How much room the disk has that the data lie on, and how large the databases have become. */
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { HealthReport } from '../core/ports/health.ts';

const MB = 1024 * 1024;
/** Below it somebody has to make room now: what comes in within hours may fill it. */
export const DISK_SCARCE_BYTES = 200 * MB;
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

/**
 * All but `plenty` are warnings. None of them says that the journal can't be written: it says so itself when it is
 * refused, and until then what comes in is taken.
 */
export type DiskState = 'plenty' | 'low' | 'scarce' | 'full';

export function diskState({ freeBytes, totalBytes }: Disk): DiskState {
  if (freeBytes <= 0) return 'full';
  if (freeBytes < DISK_SCARCE_BYTES) return 'scarce';
  return freeBytes < DISK_LOW_BYTES || freeBytes < totalBytes * DISK_LOW_SHARE ? 'low' : 'plenty';
}

/** For the admin and the officer: how much is free, and what to do. */
export function diskWords(disk: Disk): string {
  const free = `${String(Math.floor(disk.freeBytes / MB))} MB free where the records lie`;
  switch (diskState(disk)) {
    case 'full':
      return 'No room left where the records lie: what comes in is refused and comes again, and nothing moves. Make room now.';
    case 'scarce':
      return `Almost no room: ${free}. When it is full nothing can be recorded, so nothing moves. Make room now.`;
    case 'low':
      return `Little room: ${free}. Make room before it is full.`;
    case 'plenty':
      return `Room enough: ${free}.`;
  }
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
