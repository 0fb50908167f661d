/** What a verdict says of a finding: where, how sure, masked; the value itself stays in the engine. */
import type { RuleId } from '../../core/ids.ts';
import type { Finding } from '../verdict.ts';
import type { Found, Outcome } from './conditions.ts';
import { MOST_OF_RULE } from './limits.ts';
import { nameOf } from './match.ts';
import type { StandIns } from './stand-ins.ts';

/** No more than this of any value is ever shown. */
const MOST_SHOWN = 12;

/** The first `most` in the order of the message, never more than 20; a finding wholly in an earlier message is not shown. */
export function findingsOf(
  rule: RuleId,
  { counted, beside }: Outcome,
  standIns: StandIns,
  most: number,
): readonly Finding[] {
  const shown = new Map<string, Finding>();
  for (const found of [...counted, ...beside].sort(inOrder)) {
    if (shown.size >= Math.min(most, MOST_OF_RULE)) break;
    const finding = findingOf(rule, found, standIns);
    if (finding === undefined) continue;
    const id = [finding.piece, finding.span.start, finding.span.end, nameOf(finding.by)].join(' ');
    if (!shown.has(id)) shown.set(id, finding);
  }
  return [...shown.values()];
}

function inOrder(a: Found, b: Found): number {
  return (
    a.text.source.piece - b.text.source.piece ||
    a.match.original.start - b.match.original.start ||
    b.match.original.end - a.match.original.end
  );
}

function findingOf(rule: RuleId, { text: { source }, match }: Found, standIns: StandIns): Finding | undefined {
  const parts = source.stretch?.partsOf(match.original) ?? { newest: match.original, before: [] };
  if (parts.newest === undefined) return undefined;
  return {
    rule,
    by: match.by,
    piece: source.piece,
    what: source.what,
    span: parts.newest,
    confidence: match.confidence,
    masked: match.masked.slice(0, MOST_SHOWN),
    ...(match.isValue ? { value: standIns.of(match.value) } : {}),
    tricks: match.tricks,
    over: parts.before.map(({ of }) => of),
    ...(parts.before.length === 0 ? {} : { parts: parts.before }),
  };
}
