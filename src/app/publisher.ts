/** The published log of one data folder: its files, its key, and who publishes. */
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { err, ok, type Result } from '../core/result.ts';
import { createDatabaseLog } from '../journal/log/database-log.ts';
import { LogFiles } from '../journal/log/log-files.ts';
import { LogPublisher } from '../journal/log/publisher.ts';
import { createNoteSigner, type NoteSigner } from '../journal/merkle/signed-note.ts';
import type { OpenJournal } from '../journal/open-journal.ts';

export interface Publisher extends AsyncDisposable {
  readonly files: LogFiles;
  readonly signer: NoteSigner;
  readonly log: LogPublisher;
}

export interface PublisherOf {
  readonly config: Config;
  readonly journal: OpenJournal;
}

/** Where the log of this installation lies, and the name and key that sign it. */
export function logOf({ config, journal }: PublisherOf): Pick<Publisher, 'files' | 'signer'> {
  return {
    files: new LogFiles(join(config.data.dir, 'log')),
    signer: createNoteSigner(`gatehouse/${config.homeserver.domain}`, journal.keys.signing),
  };
}

/** Plain words when the record is behind, or contradicts, what was published of it. */
export async function openPublisher(
  options: PublisherOf & { readonly clock: Clock; readonly log: Log },
): Promise<Result<Publisher, string>> {
  const { journal, clock, log } = options;
  const { files, signer } = logOf(options);
  const source = createDatabaseLog(journal.database);
  const opened = await LogPublisher.open({ source, files, signer, recorder: journal, clock, log });
  if (!opened.ok) return err(opened.error.message);
  const publisher = opened.value;
  const unlisten = journal.onCommitted(() => {
    publisher.notice();
  });
  return ok({
    files,
    signer,
    log: publisher,
    [Symbol.asyncDispose]: async () => {
      unlisten();
      await publisher[Symbol.asyncDispose]();
    },
  });
}
