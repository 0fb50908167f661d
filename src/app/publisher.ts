/** The published log of one data folder: its files, its key, and who publishes. */
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { err, ok, type Result } from '../core/result.ts';
import { originOf } from '../journal/merkle/checkpoint.ts';
import { createDatabaseLog } from '../journal/log/database-log.ts';
import { earlierFolder, earlierLogs, setAsideEarlier, type EarlierLog } from '../journal/log/earlier-logs.ts';
import { epochsIn } from '../journal/log/epochs.ts';
import { LogFiles } from '../journal/log/log-files.ts';
import { LogPublisher } from '../journal/log/publisher.ts';
import { createNoteSigner, type NoteSigner } from '../journal/merkle/signed-note.ts';
import type { OpenJournal } from '../journal/open-journal.ts';

/** The log of this installation: where it lies, the name and key that sign it, and the epochs before this one. */
export interface OwnLog {
  readonly files: LogFiles;
  readonly signer: NoteSigner;
  readonly earlier: readonly EarlierLog[];
}

export interface Publisher extends OwnLog, AsyncDisposable {
  readonly log: LogPublisher;
}

export interface PublisherOf {
  readonly config: Config;
  readonly journal: OpenJournal;
}

export async function logOf({ config, journal }: PublisherOf): Promise<OwnLog> {
  const { domain } = config.homeserver;
  const { signing } = journal.keys;
  const epochs = await journal.views.read(epochsIn);
  return {
    files: new LogFiles(join(config.data.dir, 'log')),
    signer: createNoteSigner(originOf(domain, epochs.at(-1)?.epoch ?? 1), signing),
    earlier: earlierLogs(epochs, { domain, signing }),
  };
}

export interface PublisherOptions extends PublisherOf {
  readonly clock: Clock;
  readonly log: Log;
  /** See `LogPublisher`: nothing is signed before it resolves. */
  readonly sure?: Promise<void>;
}

/** Plain words when the record is behind, or contradicts, what was published of it. */
export async function openPublisher(options: PublisherOptions): Promise<Result<Publisher, string>> {
  const { journal, clock, log, sure } = options;
  const own = await logOf(options);
  const { files, signer, earlier } = own;
  await setAsideEarlier(files, earlier);
  const source = createDatabaseLog(journal.database);
  const opened = await LogPublisher.open({
    ...{ source, files, signer, recorder: journal, clock, log },
    earlier: earlier.map(({ epoch }) => earlierFolder(epoch)).toReversed(),
    ...(sure === undefined ? {} : { sure }),
  });
  if (!opened.ok) return err(opened.error.message);
  const publisher = opened.value;
  const unlisten = journal.onCommitted(() => {
    publisher.notice();
  });
  return ok({
    ...own,
    log: publisher,
    [Symbol.asyncDispose]: async () => {
      unlisten();
      await publisher[Symbol.asyncDispose]();
    },
  });
}
