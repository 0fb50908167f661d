/** A customer's words as staff see them where a rule hides what was found: the rest stays readable, so that they can answer. */
import type { Position } from '../../core/ids.ts';
import type { KeptHit, PolicyBodies } from '../../core/policy-entries.ts';
import { feasible } from '../judging/feasible.ts';
import { toldWords } from '../judging/told-words.ts';
import { hide, maskedAs } from './hide.ts';

/** Undefined where nothing is hidden. `verdict` is of this very text; `of` is where the original stands on record. */
export function shownMasked(
  text: string,
  verdict: Pick<PolicyBodies['policy.verdict'], 'hits' | 'consequence' | 'failed'>,
  of: Position,
): string | undefined {
  if (verdict.consequence !== 'redact') return undefined;
  const hiding = verdict.hits.filter(hides);
  const why = toldWords({ hits: hiding });
  const note = `(A company rule hid part of this: ${why}. The original is on record, number ${of}.)`;
  // Where not every finding is named, nobody knows where the others stand.
  const isWhole = hiding.every(({ count, findings }) => findings.length > 0 && count <= findings.length);
  if (!isWhole) return `••••\n${note}`;
  const shownAs = ({ masked }: { readonly masked: string }): string => maskedAs(masked);
  const findings = hiding.flatMap((hit) => hit.findings);
  return `${hide(text, findings, { shownAs, between: (between) => between }).text}\n${note}`;
}

function hides({ dryRun, consequence }: KeptHit): boolean {
  return !dryRun && feasible(consequence, 'inbound').does === 'redact';
}
