/** What health says of the rules, and of what they stopped, could not read and could not judge. */
import { after } from '../core/ids.ts';
import type { HealthReport } from '../core/ports/health.ts';
import type { RulesInForce } from '../policy/rules/rules-in-force.ts';
import { newestChange } from '../policy/rules/rule-store.ts';
import { countMarked } from '../policy/verdicts/mark-store.ts';
import { openItems } from '../policy/verdicts/verdict-store.ts';
import type { AppSetting } from './setting.ts';

const DAY_MS = 86_400_000;

export async function policyFigures(
  { journal, clock }: Pick<AppSetting, 'journal' | 'clock'>,
  rules: Pick<RulesInForce, 'current'>,
): Promise<Pick<HealthReport, 'policy'>> {
  const now = clock.now();
  const { change, items, unscanned, failed } = await journal.views.read(async (reading) => ({
    change: await newestChange(reading),
    items: await openItems(reading),
    unscanned: await countMarked(reading, 'unscanned', after(now, -DAY_MS)),
    failed: await countMarked(reading, 'failed', after(now, -DAY_MS)),
  }));
  const [first] = items;
  const oldest = first === undefined ? undefined : await journal.read(first.position);
  const changed = change === undefined ? undefined : await journal.read(change.position);
  return {
    policy: {
      rules: rules.current()?.rules.filter(({ enabled }) => enabled).length ?? 0,
      ...(changed === undefined ? {} : { changed: changed.at }),
      quarantined: items.length,
      ...(oldest === undefined ? {} : { oldestMs: Math.max(0, now - oldest.at) }),
      unscanned,
      failed,
    },
  };
}
