/** Back-tests, joined to the record, the rules and what the bridge sends. */
import { textToSend } from '../bridge/messages/outbound-form.ts';
import { isOurUser } from '../bridge/people/our-users.ts';
import { ourRoom } from '../bot/our-room-store.ts';
import type { BacktestDeps } from '../policy/backtest/backtest.ts';
import { backtestTasks } from '../policy/backtest/backtest-task.ts';
import { DeskBacktests } from '../policy/backtest/desk-backtests.ts';
import type { ContextDeps } from '../policy/judging/context-of.ts';
import type { RulesInForce } from '../policy/rules/rules-in-force.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import type { AppSetting } from './setting.ts';

export interface BacktestJoined {
  readonly rules: Pick<RulesInForce, 'ruleToTry'>;
  readonly trial: BacktestDeps['trial'];
  readonly stopping: AbortSignal;
  readonly context: Pick<ContextDeps, 'groupsOf' | 'tagsOf'>;
}

export function deskBacktests({ journal }: AppSetting, { rules }: Pick<BacktestJoined, 'rules'>): DeskBacktests {
  return new DeskBacktests({ journal, ruleToTry: (id) => rules.ruleToTry(id) });
}

export function backtestHandlers(
  { config, journal, clock }: AppSetting,
  { rules, trial, stopping, context }: BacktestJoined,
): TaskHandlers {
  const { domain } = config.homeserver;
  return backtestTasks({
    ...{ journal, clock, trial, stopping, lines: config.lines },
    groupsOf: context.groupsOf,
    ...(context.tagsOf === undefined ? {} : { tagsOf: context.tagsOf }),
    ruleToTry: (id) => rules.ruleToTry(id),
    goingOut: (event) => {
      const text = textToSend(event);
      return text.ok ? text.value : undefined;
    },
    isOurs: (user) => isOurUser(user, domain),
    isOurRoom: async (room) => (await journal.views.read((reading) => ourRoom(reading, room))) !== undefined,
  });
}
