/** What the SDKs log holds URLs, ids and bodies: only who spoke is kept. What failed is logged by whoever asked. */
import { LogService } from '@vector-im/matrix-bot-sdk';
import { Logger } from 'matrix-appservice-bridge';
import type { Log } from '../core/ports/log.ts';

/** Process-wide, as the SDKs' loggers are. */
export function quietSdks(log: Log): void {
  // A level that nothing reaches: without a transport winston would write each line to stderr.
  Logger.configure({ console: 'off' });
  const note = (module: string): void => {
    log.debug('matrix.sdk', { module });
  };
  LogService.setLogger({ info: note, warn: note, error: note, debug: ignore, trace: ignore });
}

function ignore(): void {
  // Requests at this level are counted by the HTTP layer.
}
