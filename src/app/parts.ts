/** The parts that act: Matrix, networks, bridge, bots, tasks, jobs; joined to each other, started and stopped in order. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createBot, type Bot } from '../bot/bot.ts';
import { deskToolsIn } from '../bot/compliance/desk-tools.ts';
import { createBridge, type Bridge } from '../bridge/bridge.ts';
import type { AlarmLimits } from '../bridge/alarms/limits.ts';
import type { GapKeeper } from '../bridge/gaps/gap-keeper.ts';
import { keepFilesHandlers } from '../bridge/files/keep-files.ts';
import { removeOrphans } from '../bridge/files/remove-orphans.ts';
import { createStaffDirectory } from '../bridge/staff-directory.ts';
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { homeserverGate, type EventId } from '../core/ids.ts';
import type { Health } from '../core/ports/health.ts';
import type { Log } from '../core/ports/log.ts';
import type { StaffDirectory } from '../core/line.ts';
import { startJobs, type Jobs } from '../jobs/jobs.ts';
import { deskCheckpoints } from '../jobs/desk-checkpoints.ts';
import { epochOfIn, epochsIn } from '../journal/log/epochs.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { createMatrix, type Matrix } from '../matrix/matrix.ts';
import type { MetricsRegistry } from '../telemetry/create-metrics.ts';
import { createTaskRunner, type TaskRunner } from '../tasks/runner.ts';
import { openTurnNotes } from '../tasks/turn-notes.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { Watching } from './alarms.ts';
import type { Checking } from './checked-start.ts';
import { Connectors } from './connectors.ts';
import { askElsewhere } from './elsewhere.ts';
import { gapHandlers, gapKeeperOf } from './gaps.ts';
import { createHealth, HealthWatch } from './health.ts';
import type { Publisher } from './publisher.ts';
import { keptFor } from './kept-for.ts';
import { Reconciling } from './reconcile.ts';
import { blobsOf, proveIn, searchIn, verifyIn } from './records.ts';

export interface AppSetting {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  readonly limits: AlarmLimits;
}

/** Lanes that run at the same time: more than Synapse takes in parallel helps nobody. */
const PARALLEL = 16;
/** Time that running turns have to end. */
const TURNS_MS = 10_000;
const RANDOM_STEPS = 2 ** 32;

export class AppParts implements AsyncDisposable {
  readonly health: Health;
  /** Lanes that wait behind closed gates. */
  readonly parked: () => number;
  /** Looks for what the homeserver did not bring. */
  readonly gaps: GapKeeper;
  /** Compares homeserver, ledger, providers and record. */
  readonly reconcile: RecordDeps['reconcile'];
  readonly #setting: AppSetting;
  readonly #matrix: Matrix;
  readonly #bridge: Bridge;
  readonly #bot: Bot;
  readonly #runner: TaskRunner;
  readonly #connectors: Connectors;
  readonly #reconciling: Reconciling;
  readonly #watching: Watching;
  readonly #watch: HealthWatch;
  #jobs: Jobs | undefined;

  private constructor(setting: AppSetting, watch: HealthWatch, { matrix, watching }: Watched) {
    const { config, journal, publisher, clock } = setting;
    const { homeserver } = matrix;
    const staff = createStaffDirectory({ ...config, homeserver, clock, log: setting.log });
    const connectors = new Connectors();
    const bridge = bridgeOf(setting, { homeserver, staff, connectors, watch, watching });
    // The desks answer how the house is, and the house is its desks too.
    const health: Health = () => this.health();
    const gaps = gapKeeperOf(setting, matrix, watch);
    const compared = { history: matrix.watch.history, sweep: gaps, lists: connectors };
    const reconciling = new Reconciling(setting, { homeserver, ...compared });
    const bot = botOf(setting, { homeserver, staff, health, gaps, watch, skewAt: watching.skewAt });
    this.#setting = setting;
    this.#matrix = matrix;
    this.#watching = watching;
    this.#watch = watch;
    this.gaps = gaps;
    this.reconcile = reconciling.act;
    this.#reconciling = reconciling;
    this.#connectors = connectors;
    this.#bridge = bridge;
    this.#bot = bot;
    this.#runner = createTaskRunner({
      ...setting,
      handlers: new Map([
        ...[...bridge.handlers, ...filesOf(setting, homeserver), ...bot.handlers],
        ...[...gapHandlers(setting, homeserver), ...reconciling.handlers],
        ...watching.handlers(homeserver),
      ]),
      parallel: PARALLEL,
      random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
      notes: openTurnNotes(join(config.data.dir, 'turns')),
    });
    watch.returned = () => {
      this.#runner.openGate(homeserverGate);
    };
    this.parked = () => this.#runner.gates().reduce((sum, gate) => sum + gate.parked, 0);
    watching.join({ runner: this.#runner, pushing: matrix.watch.pushing, gaps });
    this.health = createHealth({
      ...{ config, journal, connectors, watch, runner: this.#runner, files: publisher.files },
      watched: () => watching.status(),
    });
  }

  static async create(setting: AppSetting): Promise<AppParts> {
    const watch = new HealthWatch(setting.clock);
    const watching = await Watching.open(setting);
    return new AppParts(setting, watch, { matrix: await matrixOf(setting, watch, watching), watching });
  }

  /** Whether the homeserver remembers more of this record than is here; asked before anything begins. */
  get checking(): Checking {
    const { config, journal, clock } = this.#setting;
    const { homeserver } = this.#matrix;
    const ownWords: Matrix['ownWords'] = (at) => this.#matrix.ownWords(at);
    return { ask: () => askElsewhere({ config, journal, homeserver, ownWords, clock }), warnings: this.#watch };
  }

  /**
   * Tasks first, so that what was left is seen to; then the homeserver may bring events, then the networks. Unless it is
   * `sure` that nothing newer is known elsewhere, things are only taken in until `begin`.
   */
  async start(sure: boolean): Promise<void> {
    const { config, journal, clock, log, metrics } = this.#setting;
    await this.#connectors.open({
      ...{ settings: config.connectors, journal, clock, log, metrics },
      ...{ bridge: this.#bridge, gates: this.#runner, passing: this.#watching.passing },
    });
    await removeOrphans({ blobs: blobsOf(config), journal, log });
    if (sure) this.#runner.start();
    await this.#matrix.start();
    if (sure) this.gaps.start();
    await this.#connectors.start();
    if (sure) this.#act();
  }

  /** After a start that was not sure: everything that acts begins. */
  begin(): Promise<void> {
    this.#runner.start();
    this.gaps.start();
    this.#act();
    return Promise.resolve();
  }

  #act(): void {
    const { config, journal, publisher, clock, log, metrics } = this.#setting;
    this.#bot.start();
    const { homeserver } = this.#matrix;
    const checkpoints = deskCheckpoints({
      ...{ journal, homeserver, clock, log },
      ...{ desks: config.desks, files: publisher.files },
    });
    this.#jobs = startJobs([checkpoints, ...this.#reconciling.jobs], { clock, log, metrics });
    this.#reconciling.start(this.#jobs);
    const jobs = this.#jobs;
    this.#watching.clockWasSet = () => {
      jobs.clockWasSet().catch((error: unknown) => {
        log.error('job.failed', { job: 'all' }, error);
      });
    };
    this.#watching.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watching[Symbol.asyncDispose]();
    await this.#reconciling.stop();
    await this.#jobs?.stop();
    await this.gaps[Symbol.asyncDispose]();
    await this.#bot[Symbol.asyncDispose]();
    // What comes in ends at once on both sides: a network that hangs takes nothing from the time that turns have.
    await Promise.all([this.#connectors.stop(), this.#matrix.stop()]);
    await this.#runner.stop(TURNS_MS);
    await this.#bridge[Symbol.asyncDispose]();
    await this.#matrix[Symbol.asyncDispose]();
  }
}

/** What hears of the homeserver from the first ping on. */
interface Watched {
  readonly matrix: Matrix;
  readonly watching: Watching;
}

async function matrixOf(setting: AppSetting, watch: HealthWatch, watching: Watching): Promise<Matrix> {
  const { config, journal, clock, log, metrics } = setting;
  const { domain, url, tokens } = config.homeserver;
  const serviceOf = (service: 'bridge' | 'archive') => ({
    tokens: { as: tokens[service].as.reveal(), hs: tokens[service].hs.reveal() },
    listen: config.listen[service],
  });
  return createMatrix({
    ...{ domain, url, bridge: serviceOf('bridge'), archive: serviceOf('archive') },
    ...(config.homeserver.adminToken === undefined ? {} : { adminToken: config.homeserver.adminToken.reveal() }),
    protocols: [...new Set(config.lines.map((line) => line.network))],
    recorder: journal,
    class: config.defaultClass,
    ...{ clock, log, metrics },
    epochOf: epochOfIn(await journal.views.read(epochsIn)),
    onPing: (service, result) => {
      watch.pinged(service, result);
      watching.pinged(service, result);
    },
    onCaptured: (service, events) => {
      watching.captured(service, events);
    },
  });
}

interface Joined {
  readonly homeserver: Matrix['homeserver'];
  readonly staff: StaffDirectory;
}

interface BridgeJoined extends Joined {
  readonly connectors: Connectors;
  readonly watch: HealthWatch;
  readonly watching: Watching;
}

function bridgeOf(
  { config, journal, clock, log, metrics }: AppSetting,
  { homeserver, staff, connectors, watch, watching }: BridgeJoined,
): Bridge {
  return createBridge({
    ...{ journal, homeserver, staff, clock, log, metrics, lines: config.lines, warnings: watch },
    connectors: (id) => connectors.get(id),
    ...{ passing: watching.passing, skewAt: watching.skewAt },
    timezone: config.desks[0]?.timezone ?? 'UTC',
  });
}

function filesOf({ config, journal, clock, metrics }: AppSetting, homeserver: Matrix['homeserver']): TaskHandlers {
  const { views } = journal;
  const maxBytes = config.media.maxSize;
  return keepFilesHandlers({ homeserver, blobs: blobsOf(config), views, maxBytes, clock, metrics });
}

interface BotJoined extends Joined {
  readonly health: Health;
  readonly gaps: GapKeeper;
  readonly watch: HealthWatch;
  readonly skewAt: Watching['skewAt'];
}

function botOf(setting: AppSetting, { homeserver, staff, health, gaps, watch, skewAt }: BotJoined): Bot {
  const { config, journal, publisher, clock, log } = setting;
  const { files, signer, earlier } = publisher;
  const records = { config, journal, files, signer, earlier, clock, publish: () => publisher.log.publish() };
  const country = config.lines[0]?.country;
  const desks = config.desks;
  return createBot({
    ...{ journal, homeserver, staff, desks, clock, log, warnings: watch },
    entryOfEvent: async (event: EventId) => {
      const [first] = await journal.reader.bySource({ system: 'matrix', id: event });
      return first === undefined ? undefined : journal.read(first);
    },
    tools: deskToolsIn({
      skewAt,
      ...{ journal, health, search: searchIn(records), verify: () => verifyIn(records) },
      ...{ lines: config.lines, lastLook: () => gaps.last() },
      prove: (position) => proveIn(records, position),
      ...(country === undefined ? {} : { country }),
    }),
    recording: {
      rooms: 'all',
      keptFor: keptFor(config),
      readers: [...new Set(desks.flatMap((desk) => [...desk.officers, ...desk.reviewers, ...desk.auditors]))],
    },
  });
}
