/** Names in folders survive a power cut once the folder itself was synced (fsync(2)). */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new folder is durable once its parent is synced: from the parent of `from` up to `to`. */
export async function syncUpwards(from: string, to: string): Promise<void> {
  for (let folder = dirname(from); folder.length >= to.length; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === dirname(folder)) return;
  }
}
