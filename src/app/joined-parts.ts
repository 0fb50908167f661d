/** The parts that act, each given what it needs of the others. Nothing of it runs yet. */
import type { Bot } from '../bot/bot.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { GapKeeper } from '../bridge/gaps/gap-keeper.ts';
import { createStaffDirectory } from '../bridge/people/staff-directory.ts';
import { homeserverGate } from '../core/ids.ts';
import type { Health } from '../core/ports/health.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { TaskRunner } from '../tasks/runner.ts';
import { Watching } from './alarms.ts';
import { botOf } from './bot.ts';
import { bridgeOf } from './bridge.ts';
import { Connectors } from './connectors.ts';
import { fileHandlers } from './files.ts';
import { gapHandlers, gapKeeperOf, restartHoldOf } from './gaps.ts';
import { createHealth, HealthWatch } from './health.ts';
import { matrixOf, type Hearing } from './matrix.ts';
import { redactHandlers } from './policy-redacting.ts';
import { Policy } from './policy.ts';
import { Reconciling } from './reconcile.ts';
import { Retention } from './retention.ts';
import { Classes } from './retention-classes.ts';
import { onHomeserver, OwnRetention } from './retention-homeserver.ts';
import type { AppSetting } from './setting.ts';
import { runnerOf } from './tasks.ts';

export interface JoinedParts {
  readonly matrix: Matrix;
  readonly bridge: Bridge;
  readonly bot: Bot;
  readonly runner: TaskRunner;
  readonly connectors: Connectors;
  /** Looks for what the homeserver did not bring. */
  readonly gaps: GapKeeper;
  /** Compares homeserver, ledger, providers and record. */
  readonly reconciling: Reconciling;
  readonly watching: Watching;
  readonly policy: Policy;
  /** What goes by age. */
  readonly retention: Retention;
  /** Whether Synapse deletes by age itself. */
  readonly ownRetention: OwnRetention;
  /** How long what is kept. */
  readonly classes: Classes;
  /** What is told between two looks at the health. */
  readonly watch: HealthWatch;
  readonly health: Health;
}

export async function joinParts(setting: AppSetting): Promise<JoinedParts> {
  const { config, journal, publisher, clock, log } = setting;
  const watch = new HealthWatch(clock);
  const watching = await Watching.open(setting);
  const policy = new Policy(setting, watch);
  const live: Hearing['live'] = { heard: undefined };
  const hearing = { pings: [watch, watching], captures: bothOf(watching, policy), live };
  const matrix = await matrixOf(setting, { ...hearing, also: policy.antispam() });
  const { homeserver } = matrix;
  const warned = { homeserver, warnings: watch };
  const staff = createStaffDirectory({ ...config, homeserver, clock, log });
  policy.groups.join(staff);
  const classes = new Classes(setting, { directory: staff, warnings: watch });
  const connectors = new Connectors();
  const hold = await restartHoldOf(setting, matrix.watch);
  const { gatekeeper, rules, backtests, fileText } = policy;
  const bridge = bridgeOf(setting, { ...warned, matrix, staff, connectors, watching, hold, gatekeeper });
  live.heard = (events) => {
    bridge.heard(events);
  };
  const gaps = gapKeeperOf(setting, matrix, { warnings: watch, hold });
  const { history, pushing } = matrix.watch;
  const reconciling = new Reconciling(setting, { homeserver, history, sweep: gaps, lists: connectors });
  const retention = new Retention(setting, watching);
  const bot = botOf(setting, {
    ...{ ...warned, staff, connectors, gaps, rules, backtests, fileText, skewAt: watching.skewAt },
    ...{ ...retention.forDesks, classes: classes.inForce },
    // The desks answer how the house is, and the house is its desks too.
    health: () => health(),
  });
  const runner = runnerOf(setting, [
    ...[bridge.handlers, bot.handlers, redactHandlers(setting, homeserver)],
    fileHandlers(setting, { homeserver, connectors }),
    ...[gapHandlers(setting, homeserver), reconciling.handlers, watching.handlers(homeserver)],
    ...[policy.handlers(watching.time), policy.supervising.handlers(homeserver)],
    retention.handlers({ time: watching.time, onHomeserver: onHomeserver(setting, matrix), homeserver }),
  ]);
  watch.returned = () => {
    runner.openGate(homeserverGate);
  };
  watching.join({ runner, pushing, gaps, homeserverTime: () => matrix.time() });
  const ownRetention = new OwnRetention(matrix, log);
  const health = createHealth({
    ...{ config, journal, connectors, watch, runner, files: publisher.files, advice: ownRetention.words },
    watched: async () => ({ ...(await watching.status()), ...(await policy.status()) }),
  });
  return {
    ...{ matrix, bridge, bot, runner, connectors, gaps, reconciling, watching },
    ...{ policy, retention, classes, ownRetention, watch, health },
  };
}

function bothOf(...hearers: readonly Hearing['captures'][]): Hearing['captures'] {
  return {
    captured: (service, events) => {
      for (const hearer of hearers) hearer.captured(service, events);
    },
  };
}
