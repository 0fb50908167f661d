/**
 * Composition root: the config goes in, a running house comes out; nobody else knows everybody. What is opened here is
 * closed here, in the opposite order: first nothing new comes in, then lanes end their turns, then the last checkpoint
 * is published, and the journal closes last.
 */
import { join } from 'node:path';
import { backupIn } from './app/backup.ts';
import { CheckedStart } from './app/checked-start.ts';
import { controlCommands, controlPath } from './app/control.ts';
import { linksOf } from './app/files.ts';
import type { AppParts } from './app/parts.ts';
import { placeOf } from './app/place.ts';
import { recordDeps } from './app/records.ts';
import { openPublisher } from './app/publisher.ts';
import { scrape } from './app/scrape.ts';
import type { AppSetting } from './app/setting.ts';
import { standardLimits, type AlarmLimits } from './bridge/alarms/limits.ts';
import { recordCommands } from './cli/records/commands.ts';
import type { RecordCommands } from './cli/records/record-command.ts';
import type { Config } from './config/config.ts';
import { Closing } from './core/closing.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/ports/log.ts';
import { err, ok, type Result } from './core/result.ts';
import { serveControl } from './http/control/serve-control.ts';
import { acquireLock } from './http/control/lock.ts';
import { startAdminListener } from './http/admin-listener.ts';
import { startWebhookListener } from './http/webhook-listener.ts';
import { openJournal, type OpenJournal } from './journal/open-journal.ts';
import type { MetricsRegistry } from './telemetry/create-metrics.ts';

export interface AppOptions {
  readonly config: Config;
  readonly version: string;
  readonly pid: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  /** The writer thread's composition root. */
  readonly writerUrl: URL;
  /** The scanner threads' composition root. */
  readonly scannerUrl: URL;
  /** When something counts as standing still; the standard limits when left out. */
  readonly limits?: AlarmLimits;
}

export interface App extends AsyncDisposable {
  /** Resolves with plain words when the journal is lost for this process: it has to be started again. */
  readonly failed: Promise<string>;
  /** Begins to look at the files of rules again, and at nothing else. What came of it the desks are told. */
  reloadRules(): void;
}

/** The Matrix libraries load while the writer's thread loads what it needs. */
const loadParts = () => import('./app/parts.ts');

const REBUILD_RUNS_ALONE = 'Gatehouse is running: stop it first, then run this again. Nothing was done.';

/** Starts everything, or says in plain words why it must not start. */
export async function createApp(options: AppOptions): Promise<Result<App, string>> {
  await using undo = new Closing();
  const { config, clock, log, metrics } = options;
  const place = placeOf(config);
  if (!place.ok) return place;
  const lock = await acquireLock(join(config.data.dir, 'lock'), { pid: options.pid, what: 'run' });
  if (!lock.ok) return err(lock.error.message);
  undo.use(lock.value);
  const [journal, { AppParts }] = await Promise.all([
    openJournal({
      ...place.value,
      writer: { in: 'thread', url: options.writerUrl, data: { domain: config.homeserver.domain } },
      timing: () => commitTimer(clock, metrics),
    }).then((opened) => undo.use(opened)),
    loadParts(),
  ]);
  const checked = new CheckedStart({ data: config.data.dir, head: () => journal.reader.stats(), clock, log });
  const known = await checked.known();
  if (!known.ok) return known;
  const publisher = await openPublisher({ config, journal, clock, log, sure: checked.sure });
  if (!publisher.ok) return publisher;
  undo.use(publisher.value);
  const { limits = standardLimits } = options;
  const { scannerUrl } = options;
  const setting: AppSetting = { config, journal, publisher: publisher.value, clock, log, metrics, limits, scannerUrl };
  let began = false;
  // On record once nobody acts any more, and covered by the last checkpoint.
  undo.defer(() => (began ? stopped(journal, clock) : Promise.resolve()));
  const parts = undo.use(await AppParts.create(setting));
  const sure = await checked.first(parts.checking);
  if (!sure.ok) return sure;
  await started(options, journal);
  began = true;
  await openDoors({ ...setting, version: options.version }, parts, undo);
  await parts.start(sure.value);
  if (!sure.value) {
    undo.use(checked);
    checked.keepAsking(parts.checking, () => parts.begin());
  }
  const opened = undo.move();
  return ok({
    failed: Promise.race([journal.broken, checked.failed]),
    reloadRules: parts.reloadRules,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  });
}

/** From when an append was asked for until it was on disk. */
function commitTimer(clock: Clock, metrics: MetricsRegistry): () => void {
  const began = clock.monotonic();
  return () => {
    metrics.observe('commit_seconds', (clock.monotonic() - began) / 1000);
  };
}

/** The listeners of ours; those of Matrix belong to its part. */
async function openDoors(
  setting: AppSetting & { readonly version: string },
  parts: AppParts,
  undo: Closing,
): Promise<void> {
  const { config, log, metrics, version } = setting;
  const links = linksOf(setting);
  const { admin, webhooks } = config.listen;
  const { health, parked } = parts;
  const connectors = config.connectors.map((one) => one.id);
  const text = scrape({ metrics, health, parked, dir: config.data.dir });
  undo.use(await startAdminListener({ at: admin, health, metrics: text, log }));
  const calls = { connectors, webhookOf: parts.webhookOf, follow: links.follow };
  undo.use(await startWebhookListener({ at: webhooks, ...calls, log, metrics }));
  undo.use(await serveControl(controlPath(config), controlCommands(commandsOf(setting, parts, version)), log));
}

function commandsOf(setting: AppSetting, parts: AppParts, version: string): RecordCommands {
  const { config, journal, clock } = setting;
  const { files, signer, earlier, log } = setting.publisher;
  return recordCommands(
    recordDeps(
      { config, journal, files, signer, earlier, clock, publish: () => log.publish() },
      {
        health: parts.health,
        reconcile: parts.reconcile,
        tryPresend: parts.tryPresend,
        retention: parts.retention,
        backup: backupIn({ config, journal, clock, version }),
        // It replaces what the running process reads from.
        rebuild: () => Promise.resolve({ ok: false, refused: REBUILD_RUNS_ALONE }),
      },
    ),
  );
}

async function started({ config, version, clock }: AppOptions, journal: OpenJournal): Promise<void> {
  const at = clock.now();
  const { epoch } = await journal.reader.stats();
  const id = `${String(at)}/${String(await journal.size())}`;
  await journal.append([
    {
      kind: 'system.started',
      at,
      source: { system: 'gatehouse', id: `started/${id}`, sure: true },
      body: { version, epoch, config: config.digest },
    },
  ]);
}

/** A journal that can't be written any more gets no last entry: why it ends has been said where it failed. */
async function stopped(journal: OpenJournal, clock: Clock): Promise<void> {
  if (journal.down() !== undefined) return;
  const at = clock.now();
  const id = `stopped/${String(at)}/${String(await journal.size())}`;
  const source = { system: 'gatehouse', id, sure: true };
  await journal.append([{ kind: 'system.stopped', at, source, body: { why: 'told to stop' } }]);
}
