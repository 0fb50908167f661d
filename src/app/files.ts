/** Attachments, joined to the folder that they lie in. */
import { join } from 'node:path';
import type { BridgeDeps } from '../bridge/bridge-deps.ts';
import { bringAgainHandlers, bringFilesKind } from '../bridge/files/bring-files.ts';
import { FileLinks } from '../bridge/files/file-links.ts';
import { eitherKind, keepFilesKind } from '../bridge/files/keep-files.ts';
import { lateFilesHandlers } from '../bridge/files/late-files.ts';
import { malwareHandlers } from '../bridge/files/malware-told.ts';
import { MessageFiles } from '../bridge/files/message-files.ts';
import { removeOrphans } from '../bridge/files/remove-orphans.ts';
import { scanAgainHandlers } from '../bridge/files/scan-again.ts';
import type { Config } from '../config/config.ts';
import type { ConnectorId } from '../core/ids.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import { BlobStore } from '../journal/blobs/blob-store.ts';
import { scannerOf } from '../scan/scanner.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { webhookUrl, type Connectors } from './connectors.ts';
import type { AppSetting } from './setting.ts';
import { firstTimezone } from './timezone.ts';

/** Where the files on record lie. */
export function blobsOf(config: Pick<Config, 'data'>): BlobStore {
  return new BlobStore(join(config.data.dir, 'blobs'));
}

export interface FileParts {
  readonly homeserver: Homeserver;
  readonly connectors: Pick<Connectors, 'get'>;
}

type Linking = Pick<AppSetting, 'config' | 'journal' | 'clock'>;

/** Where providers fetch what we send by a link. Nothing is kept in it: two of it are as good as one. */
export function linksOf({ config, journal, clock }: Linking): FileLinks {
  const { unscanned } = config.media;
  const url = (connector: ConnectorId): string | undefined => webhookUrl(config.publicUrl, connector);
  return new FileLinks({ journal, blobs: blobsOf(config), clock, unscanned, webhookUrl: url });
}

/** What the bridge shows and sends of files. */
export function bridgedFiles(setting: Linking): NonNullable<BridgeDeps['files']> {
  const { config } = setting;
  return { blobs: blobsOf(config), unscanned: config.media.unscanned, links: linksOf(setting) };
}

export function fileHandlers(
  { config, journal, clock, metrics }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'metrics'>,
  { homeserver, connectors }: FileParts,
): TaskHandlers {
  const { views } = journal;
  const { lines, media } = config;
  const storing = { blobs: blobsOf(config), scanner: scannerOf(media.scan, clock), clock, metrics };
  const keeping = keepFilesKind({ ...storing, homeserver, views, maxBytes: media.maxSize });
  const bringing = {
    ...storing,
    journal,
    maxBytes: media.maxSize,
    connectors: (id: ConnectorId) => connectors.get(id),
  };
  const files = new MessageFiles({ journal, homeserver, clock, ...bridgedFiles({ config, journal, clock }) });
  return new Map([
    ['file', eitherKind(keeping, bringFilesKind(bringing))],
    ...bringAgainHandlers(bringing),
    ...scanAgainHandlers(storing),
    ...lateFilesHandlers({ journal, homeserver, clock }, files),
    ...malwareHandlers({ homeserver, journal, lines, timezone: firstTimezone(config) }),
  ]);
}

/** Removes what a crash left beside the record; before any task runs. */
export function tidyFiles({ config, journal, log }: Pick<AppSetting, 'config' | 'journal' | 'log'>): Promise<void> {
  return removeOrphans({ blobs: blobsOf(config), journal, log });
}
