/** Scanner threads for tests, and what was said of them. */
import { systemClock, type Clock } from '../../../../src/core/clock.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import type { ScannerLimits } from '../../../../src/policy/thread/limits.ts';
import { ScannerClient } from '../../../../src/policy/thread/scanner-client.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { is, lexicons, rule } from '../../../unit/policy/engine/made-rules.ts';

/** More than any test waits for. */
export const LONG = 25_000;

export interface Made {
  readonly scanning: ScannerClient;
  readonly log: KeptLog;
  readonly metrics: KeptMetrics;
}

export function madeScanning(
  limits: Partial<ScannerLimits> = {},
  file = './made-scanner.ts',
  clock: Clock = systemClock,
): Made {
  const log = new KeptLog();
  const metrics = new KeptMetrics();
  const url = new URL(file, import.meta.url);
  const key = new Uint8Array(32);
  return { scanning: new ScannerClient({ url, key, clock, log, metrics, limits }), log, metrics };
}

/** Words for money are flagged; when it can't be said, the message is held. */
export function rulesOf(digest: string): RuleSet {
  return { digest, lexicons, rules: [rule(is.words('pay'), { failMode: 'closed' })] };
}
