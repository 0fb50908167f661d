/** `reconcile` on the record: homeserver, ledger, providers and record compared; the report is on record before it is shown. */
import { z } from 'zod';
import { after, noMillis } from '../../core/ids.ts';
import { recordAct } from './record-act.ts';
import type { Calling, Ended } from './record-command.ts';
import type { RecordDeps } from './record-deps.ts';

const DAY_MS = 86_400_000;
/** Longer than any retention that is usual would keep a homeserver's history. */
export const LONGEST_MS = 4_000 * DAY_MS;
const reconcileArgs = z.object({ user: z.string().max(100), forMs: z.int().min(0).max(LONGEST_MS) });

export async function reconcile(deps: RecordDeps, { args, say, signal }: Calling): Promise<Ended> {
  const { user, forMs } = reconcileArgs.parse(args);
  await recordAct(deps, { command: 'reconcile', user, positions: [] });
  const progress = (done: number, total: number): void => {
    say({ progress: { done, total } });
  };
  const since = after(noMillis, Math.max(0, deps.clock.now() - forMs));
  const reconciled = await deps.reconcile({ since, progress, signal });
  if (reconciled === 'stopped') return { exit: 1, error: 'it was ended before everything was compared; run it again' };
  const { report, words } = reconciled;
  const [appended] = await deps.append([report]);
  const { lines, findings, ...rest } = report.body;
  const line = { ...rest, lines: lines.map((one) => ({ ...one })), findings: findings.map((one) => ({ ...one })) };
  say({ line: { position: appended?.position ?? null, ...line, words: [...words] } });
  return { exit: report.body.ok ? 0 : 1 };
}
