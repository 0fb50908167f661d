/** Files are counted as they go on record, and so is what the scanner said of them. */
import type { DraftOf } from '../../core/entry.ts';
import type { Metrics } from '../../core/ports/log.ts';

export type FileDraft = DraftOf<'file.stored'> | DraftOf<'file.missing'>;

export function countFile(draft: FileDraft | DraftOf<'file.scanned'>, metrics: Metrics): void {
  if (draft.kind === 'file.missing') {
    metrics.count('files', { outcome: draft.body.why });
    return;
  }
  if (draft.kind === 'file.stored') metrics.count('files', { outcome: 'stored' });
  const { scan } = draft.body;
  if (scan !== undefined) metrics.count('files_scanned', { result: scan.result });
}
