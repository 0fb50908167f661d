/** Task `file.scan`: a scanner that could not be asked is asked again, for as long as a file may be waited for. */
import type { Clock } from '../../core/clock.ts';
import type { FileScan } from '../../core/entry.ts';
import type { Metrics } from '../../core/ports/log.ts';
import { BlobDamaged } from '../../journal/blobs/blob-store.ts';
import type { TaskHandlers, Turn } from '../../tasks/task.ts';
import { countFile } from './count-file.ts';
import { scannedDraft } from './file-drafts.ts';
import { scanBlob, type StoreFileDeps } from './store-file.ts';

export const SCAN = 'file.scan';

const AGAIN_MS = 30_000;

export interface ScanAgainDeps extends Pick<StoreFileDeps, 'blobs' | 'scanner'> {
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export function scanAgainHandlers(deps: ScanAgainDeps): TaskHandlers {
  const { clock, metrics } = deps;
  return new Map([
    [
      SCAN,
      {
        run: async (_task, entry, { signal }): Promise<Turn> => {
          if ('erased' in entry || entry.kind !== 'file.stored') return { to: 'done' };
          const { body } = entry;
          const asked = { name: body.name, encrypted: body.encrypted === true, stored: body, signal };
          const scan = await scanOf(asked, deps);
          if (scan.again === true) return { to: 'retry', reason: 'file-late', afterMs: AGAIN_MS };
          const draft = scannedDraft(entry, scan, clock.now());
          countFile(draft, metrics);
          return { to: 'done', entries: [draft] };
        },
        dead: (_task, entry) => {
          if ('erased' in entry || entry.kind !== 'file.stored') return Promise.resolve([]);
          const scan = {
            by: entry.body.scan?.by ?? 'none',
            result: 'failed',
            detail: 'it could not be asked',
          } as const;
          return Promise.resolve([scannedDraft(entry, scan, clock.now())]);
        },
      },
    ],
  ]);
}

/** Where nobody is asked any more, by the config of now, what waits need not wait longer. */
async function scanOf(asked: Parameters<typeof scanBlob>[0], deps: ScanAgainDeps): Promise<FileScan> {
  try {
    return (
      (await scanBlob(asked, deps)) ?? { by: 'none', result: 'clean', detail: 'no scanner is configured any more' }
    );
  } catch (error) {
    if (!(error instanceof BlobDamaged)) throw error;
    return { by: deps.scanner?.name ?? 'none', result: 'failed', detail: 'its bytes on disk are damaged' };
  }
}
