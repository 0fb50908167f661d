/** Attachments, joined to the folder that they lie in. */
import { join } from 'node:path';
import { keepFilesHandlers } from '../bridge/files/keep-files.ts';
import { removeOrphans } from '../bridge/files/remove-orphans.ts';
import type { Config } from '../config/config.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import { BlobStore } from '../journal/blobs/blob-store.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import type { AppSetting } from './setting.ts';

/** Where the files on record lie. */
export function blobsOf(config: Pick<Config, 'data'>): BlobStore {
  return new BlobStore(join(config.data.dir, 'blobs'));
}

export function fileHandlers(
  { config, journal, clock, metrics }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'metrics'>,
  homeserver: Homeserver,
): TaskHandlers {
  const { views } = journal;
  const maxBytes = config.media.maxSize;
  return keepFilesHandlers({ homeserver, blobs: blobsOf(config), views, maxBytes, clock, metrics });
}

/** Removes what a crash left beside the record; before any task runs. */
export function tidyFiles({ config, journal, log }: Pick<AppSetting, 'config' | 'journal' | 'log'>): Promise<void> {
  return removeOrphans({ blobs: blobsOf(config), journal, log });
}
