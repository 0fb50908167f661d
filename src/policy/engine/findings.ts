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
  const shown: Finding[] = [];
  for (const found of inTheirOrder(counted, beside)) {
    if (shown.length >= Math.min(most, MOST_OF_RULE)) break;
    const finding = findingOf(rule, found, standIns);
    if (finding !== undefined && !shown.some((other) => isSame(other, finding))) shown.push(finding);
  }
  return shown;
}

function isSame(a: Finding, b: Finding): boolean {
  return (
    a.span.start === b.span.start && a.span.end === b.span.end && a.piece === b.piece && nameOf(a.by) === nameOf(b.by)
  );
}

function inTheirOrder(counted: readonly Found[], beside: readonly Found[]): readonly Found[] {
  const all = beside.length === 0 ? counted : [...counted, ...beside];
  return all.length < 2 ? all : all.toSorted(inOrder);
}

function inOrder(a: Found, b: Found): number {
  return (
    a.text.source.piece - b.text.source.piece ||
    a.match.original.start - b.match.original.start ||
    b.match.original.end - a.match.original.end
  );
}

function findingOf(rule: RuleId, { text: { source }, match }: Found, standIns: StandIns): Finding | undefined {
  const { piece, what, stretch } = source;
  const parts = stretch?.partsOf(match.original);
  const span = parts === undefined ? match.original : parts.newest;
  if (span === undefined) return undefined;
  const before = parts?.before ?? [];
  const over = before.map(({ of }) => of);
  const { by, confidence, isValue, tricks } = match;
  const masked = match.masked.slice(0, MOST_SHOWN);
  const finding = isValue
    ? { rule, by, piece, what, span, confidence, masked, value: standIns.of(match.value), tricks, over }
    : { rule, by, piece, what, span, confidence, masked, tricks, over };
  return before.length === 0 ? finding : { ...finding, parts: before };
}
