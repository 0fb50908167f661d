/** How many findings there are: those that overlap in one text are one, and so are those of one value. */
import type { Threshold } from '../rule.ts';
import type { Found, Outcome } from './conditions.ts';
import type { ScannedText } from './scanned-text.ts';

/** The count where it reaches what the rule asks for. What can't be read counts one each, and each is of its own kind. */
export function countOver({ counted, unread, holds }: Outcome, least: Threshold): number | undefined {
  if (!holds) return undefined;
  const count = disjoint(counted) + unread.length;
  if (count < least.count) return undefined;
  if (least.unique > 1 && different(counted) + unread.length < least.unique) return undefined;
  return count;
}

/** The most that stand beside each other without overlapping: taken by their ends, each that begins after the last taken. */
function disjoint(found: readonly Found[]): number {
  const lastEnd = new Map<ScannedText, number>();
  let count = 0;
  for (const { text, match } of found.toSorted((a, b) => a.match.folded.end - b.match.folded.end)) {
    if (match.folded.start < (lastEnd.get(text) ?? 0)) continue;
    lastEnd.set(text, match.folded.end);
    count += 1;
  }
  return count;
}

function different(found: readonly Found[]): number {
  return new Set(found.map(({ match }) => `${'lexicon' in match.by ? match.by.lexicon : ''} ${match.value}`)).size;
}
