/** Copies of the keys are short-lived: what was erased is gone for good only when the last copy of its key is. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '../../core/ids.ts';
import { syncFolder } from '../durable-folder.ts';
import { timesIn } from './layout.ts';
import { manifestIn, type OfInstallation } from './manifest.ts';

export interface PruneKeys extends OfInstallation {
  /** The backup's `keys/`. */
  readonly folder: string;
  readonly now: Millis;
  /** How long a copy may live, by the config of today; one made under a stricter rule goes by its own. */
  readonly keepMs: number;
}

/** Takes away every copy that this installation signed and whose time is over, but never the newest; says how many. */
export async function pruneKeys({ folder, now, keepMs, ...installation }: PruneKeys): Promise<number> {
  const [, ...older] = await timesIn(folder);
  let removed = 0;
  for (const time of older) {
    const manifest = await manifestIn(join(folder, time), installation);
    if (manifest?.what !== 'keys' || Math.min(manifest.keysUntil, manifest.createdAt + keepMs) > now) continue;
    await rm(join(folder, time), { recursive: true });
    removed += 1;
  }
  if (removed > 0) await syncFolder(folder);
  return removed;
}
