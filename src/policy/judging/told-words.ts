/** Why a rule stopped a message, in words that its sender reads: what it looks like, and enough of it to find it. */
import type { KeptHit, PolicyBodies } from '../../core/policy-entries.ts';
import { strictest } from '../engine/strictest.ts';

/** A sentence in a chat: more than a few are read by nobody. */
const MOST_RULES = 3;
const MOST_MASKED = 3;

/** `looks like a payment card number (ends 1111)`: of the strictest rules that act. Never a value. */
export function toldWords({ hits, failed }: Pick<PolicyBodies['policy.verdict'], 'hits' | 'failed'>): string {
  const acting = hits.filter(({ dryRun }) => !dryRun);
  const worst = strictest(acting.map(({ consequence }) => consequence));
  const said = acting.filter(({ consequence }) => consequence === worst).map(ruleWords);
  if (said.length > 0) return [...new Set(said)].slice(0, MOST_RULES).join('; ');
  return failed === undefined ? 'a rule that is not in force any more' : 'it could not be checked';
}

function ruleWords({ says, findings }: KeptHit): string {
  const masked = [...new Set(findings.map((finding) => finding.masked))].filter((text) => text !== '');
  return masked.length === 0 ? says : `${says} (${masked.slice(0, MOST_MASKED).join(', ')})`;
}
