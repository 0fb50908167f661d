/** Where findings overlap, one is right: the surest, of equals the longest, of those the first. */
import type { Candidate } from '../detector.ts';

/** Compared pairwise: more than this many of one detector in one text are not worth telling apart. */
const most = 400;

/** Candidates that do not overlap, in the order of the text; at most 400, and no more are asked for. */
export function bestOf(candidates: Iterable<Candidate>): readonly Candidate[] {
  const kept: Candidate[] = [];
  const first = firstOf(candidates);
  if (areApart(first)) return first;
  for (const candidate of first.sort(byRank))
    if (!kept.some((other) => overlaps(candidate, other))) kept.push(candidate);
  return kept.sort((a, b) => a.span.start - b.span.start);
}

function firstOf(candidates: Iterable<Candidate>): Candidate[] {
  const first: Candidate[] = [];
  for (const candidate of candidates) if (first.push(candidate) >= most) break;
  return first;
}

/** Each begins where the one before it has ended, or later. */
function areApart(candidates: readonly Candidate[]): boolean {
  return candidates.every(({ span }, index) => span.start >= (candidates[index - 1]?.span.end ?? 0));
}

function byRank(a: Candidate, b: Candidate): number {
  return b.confidence - a.confidence || lengthOf(b) - lengthOf(a) || a.span.start - b.span.start;
}
function lengthOf({ span }: Candidate): number {
  return span.end - span.start;
}
function overlaps(a: Candidate, b: Candidate): boolean {
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
