/** The life of the parts that act: started and stopped in order. */
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { ConnectorId } from '../core/ids.ts';
import type { Health } from '../core/ports/health.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { createFetching, type Fetching } from '../networks/fetch/fetching.ts';
import type { Checking } from './checked-start.ts';
import type { Connectors } from './connectors.ts';
import { askElsewhere } from './elsewhere.ts';
import { tidyFiles } from './files.ts';
import { clockWasSet, startHouseJobs } from './jobs.ts';
import { joinParts, type JoinedParts } from './joined-parts.ts';
import { askRetention } from './retention-asked.ts';
import type { AppSetting } from './setting.ts';

/** Time that running turns have to end. */
const TURNS_MS = 10_000;

export class AppParts implements AsyncDisposable {
  readonly health: Health;
  /** Compares homeserver, ledger, providers and record. */
  readonly reconcile: RecordDeps['reconcile'];
  /** Absent where Synapse doesn't ask before messages exist. */
  readonly tryPresend: RecordDeps['tryPresend'];
  /** A run or a preview that a command asks for. */
  readonly retention: RecordDeps['retention'];
  readonly #setting: AppSetting;
  readonly #parts: JoinedParts;
  readonly #fetching: Fetching;
  #jobs: Jobs | undefined;

  private constructor(setting: AppSetting, parts: JoinedParts) {
    this.health = parts.health;
    this.reconcile = parts.reconciling.act;
    const { matrix, policy } = parts;
    const { presend } = policy;
    this.tryPresend = presend === undefined ? undefined : () => presend.try(matrix.watch);
    const { journal, clock } = setting;
    this.retention = askRetention({ journal, clock, acts: parts.retention.acts });
    this.#setting = setting;
    this.#parts = parts;
    this.#fetching = createFetching({ clock, fetchFrom: setting.config.media.fetchFrom });
  }

  static async create(setting: AppSetting): Promise<AppParts> {
    return new AppParts(setting, await joinParts(setting));
  }

  readonly webhookOf = (connector: ConnectorId): ReturnType<Connectors['webhookOf']> =>
    this.#parts.connectors.webhookOf(connector);

  /** Broken files change nothing, and the desks are told of them. */
  readonly reloadRules = (): void => {
    this.#parts.policy.reloadRules();
  };

  /** Lanes that wait behind closed gates. */
  readonly parked = (): number => this.#parts.runner.gates().reduce((sum, gate) => sum + gate.parked, 0);

  /** Whether the homeserver remembers more of this record than is here; asked before anything begins. */
  get checking(): Checking {
    const { config, journal, clock } = this.#setting;
    const { matrix, watch } = this.#parts;
    const { homeserver } = matrix;
    return {
      ask: () => askElsewhere({ config, journal, homeserver, clock, ownWords: (at) => matrix.ownWords(at) }),
      warnings: watch,
    };
  }

  /**
   * Tasks first, so that what was left is seen to; then the homeserver may bring events, then the networks. Unless it is
   * `sure` that nothing newer is known elsewhere, things are only taken in until `begin`.
   */
  async start(sure: boolean): Promise<void> {
    const { config, journal, clock, log, metrics } = this.#setting;
    const { connectors, bridge, runner, watching, matrix, gaps, policy, classes } = this.#parts;
    await classes.start();
    await policy.start();
    await connectors.open({
      ...{ settings: config.connectors, lines: config.lines, publicUrl: config.publicUrl, cwd: config.cwd },
      ...{ journal, clock, log, metrics, fetching: this.#fetching },
      ...{ bridge, gates: runner, passing: watching.passing },
    });
    await tidyFiles(this.#setting);
    watching.compareClocks();
    if (sure) runner.start();
    await matrix.start();
    if (sure) gaps.start();
    await connectors.start({ clock });
    if (sure) this.#act();
  }

  /** After a start that was not sure: everything that acts begins. */
  begin(): Promise<void> {
    this.#parts.runner.start();
    this.#parts.gaps.start();
    this.#act();
    return Promise.resolve();
  }

  #act(): void {
    const { bot, matrix, reconciling, watching, policy, classes, retention } = this.#parts;
    bot.start();
    classes.readGroups();
    this.#parts.ownRetention.look();
    policy.supervising.start();
    const jobs = startHouseJobs(this.#setting, { homeserver: matrix.homeserver, reconciling, retention, classes });
    this.#jobs = jobs;
    watching.clockWasSet = () => {
      clockWasSet(jobs, this.#setting);
    };
    watching.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { watching, reconciling, gaps, bot, connectors, matrix, runner, bridge, policy, retention } = this.#parts;
    await watching[Symbol.asyncDispose]();
    policy.stopJobs();
    retention.stopJobs();
    await reconciling.stop();
    await this.#jobs?.stop();
    await gaps[Symbol.asyncDispose]();
    await bot[Symbol.asyncDispose]();
    // What comes in ends at once on both sides: a network that hangs takes nothing from the time that turns have.
    await Promise.all([connectors.stop(), matrix.stop()]);
    await this.#fetching[Symbol.asyncDispose]();
    await runner.stop(TURNS_MS);
    await bridge[Symbol.asyncDispose]();
    await policy[Symbol.asyncDispose]();
    await matrix[Symbol.asyncDispose]();
  }
}
