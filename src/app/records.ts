/** What commands on the record are given, in the running process and where a command opens the record by itself. */
import { recordView } from '../bridge/messages/record-view.ts';
import { createQueryResolver } from '../bridge/messages/query-resolver.ts';
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Position } from '../core/ids.ts';
import type { Health } from '../core/ports/health.ts';
import { err, ok } from '../core/result.ts';
import { createDatabaseLog } from '../journal/log/database-log.ts';
import type { EarlierLog } from '../journal/log/earlier-logs.ts';
import type { LogFiles } from '../journal/log/log-files.ts';
import { prove } from '../journal/log/prove.ts';
import type { NoteSigner } from '../journal/merkle/signed-note.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { describeQueryError, type QueryContext } from '../journal/search/query/query.ts';
import { createSearch, type Search } from '../journal/search/search.ts';
import { verifyJournal, type Verdict } from '../journal/verify.ts';
import { blobsOf } from './files.ts';
import { policyMarks } from '../policy/verdicts/mark-store.ts';
import { classTable } from '../retention/classes/class-table.ts';
import { casesIn, holdsListed } from './retention-holds.ts';
import { firstTimezone } from './timezone.ts';

export interface Records {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly files: LogFiles;
  readonly signer: NoteSigner;
  readonly earlier: readonly EarlierLog[];
  readonly clock: Clock;
  /** Publishes what is new at once, so that the newest record can be proved; absent where nobody publishes. */
  readonly publish?: () => Promise<unknown>;
}

export function searchIn({ journal, config }: Pick<Records, 'journal' | 'config'>): Search {
  const resolver = createQueryResolver({ views: journal.views, domain: config.homeserver.domain, lines: config.lines });
  return createSearch({ journal, index: journal.search, resolver, marks: policyMarks, cases: casesIn(journal) });
}

export function verifyIn(
  { config, journal, files, signer, earlier }: Records,
  options: Omit<Parameters<typeof verifyJournal>[1], 'verifier' | 'earlier' | 'files' | 'blobs'> = {},
): Promise<Verdict> {
  const source = { database: journal.database, keys: journal.keys };
  return verifyJournal(source, { ...options, verifier: signer, earlier, files, blobs: blobsOf(config) });
}

/** The newest records are put under a checkpoint first. */
export async function proveIn(
  { journal, files, signer, publish }: Records,
  position: Position,
): ReturnType<typeof prove> {
  await publish?.();
  return prove(position, { source: createDatabaseLog(journal.database), files, verifier: signer });
}

export interface RecordActs {
  readonly health: Health;
  readonly rebuild: RecordDeps['rebuild'];
  readonly reconcile: RecordDeps['reconcile'];
  readonly backup: RecordDeps['backup'];
  readonly retention: RecordDeps['retention'];
  readonly tryPresend?: RecordDeps['tryPresend'];
}

export function recordDeps(records: Records, acts: RecordActs): RecordDeps {
  const { journal, config, clock } = records;
  const search = searchIn(records);
  return {
    ...acts,
    clock,
    append: (drafts, also) => journal.append(drafts, also),
    size: () => journal.size(),
    lines: async (positions) => {
      const entries = await journal.readMany(positions);
      return Promise.all(entries.map((entry) => recordView(entry, journal.views)));
    },
    search: async (query, limit) => {
      const page = await search(query, { ...contextOf(config, clock), limit });
      if (!page.ok) return err(describeQueryError(query, page.error));
      const { hits, total, complete } = page.value;
      return ok({ positions: hits.map((hit) => hit.position), total, complete });
    },
    stats: async () => {
      const { size, epoch, root, stale } = await journal.reader.stats();
      return { size, epoch, root: Buffer.from(root).toString('base64'), stale: stale.map((one) => one.name) };
    },
    holds: () => holdsListed(journal),
    classes: () => journal.views.read((reading) => classTable(reading, journal.views.sealer)),
    newerThan: (position, signal) => newerThan(journal, position, signal),
    verify: ({ progress, signal, checkpoint }) =>
      verifyIn(records, {
        onProgress: progress,
        signal,
        ...(checkpoint === undefined ? {} : { checkpoints: [{ name: 'the given checkpoint', text: checkpoint }] }),
      }),
    prove: async (position) => {
      const proof = await proveIn(records, position);
      return proof.ok ? proof : err(proof.error.message);
    },
  };
}

/** At the command line days begin where the first desk's do. */
function contextOf(config: Config, clock: Clock): QueryContext {
  const country = config.lines[0]?.country;
  return {
    timezone: firstTimezone(config),
    now: clock.now(),
    ...(country === undefined ? {} : { country }),
  };
}

async function newerThan(journal: OpenJournal, position: number, signal: AbortSignal): Promise<void> {
  const heard = Promise.withResolvers<undefined>();
  const done = (): void => {
    heard.resolve(undefined);
  };
  const unlisten = journal.onCommitted((committed) => {
    if (committed.to > position) done();
  });
  signal.addEventListener('abort', done);
  try {
    if (!signal.aborted && (await journal.size()) <= position) await heard.promise;
  } finally {
    unlisten();
    signal.removeEventListener('abort', done);
  }
}
