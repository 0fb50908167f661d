/** The verdicts on the pieces of one text, each judged by itself, as the verdict on all of it. */
import { MOST_OF_MESSAGE, MOST_OF_RULE } from '../engine/limits.ts';
import { strictest } from '../engine/strictest.ts';
import type { Unread } from '../../core/policy-words.ts';
import type { RuleHit, Verdict } from '../verdict.ts';

/** One of them: where its piece begins in the whole text, and which it is of. */
export interface PieceVerdict {
  readonly verdict: Verdict;
  readonly piece: number;
  /** UTF-16 units. */
  readonly begins: number;
}

/** On the text with this content, by these rules. Findings stand where they are in the whole text. */
export function oneVerdict(verdicts: readonly PieceVerdict[], content: string, rules: string): Verdict {
  const all = verdicts.map(({ verdict }) => verdict);
  const failed = all.find((verdict) => verdict.failed !== undefined)?.failed;
  const wanted = all.flatMap(({ consequence }) => (consequence === 'none' ? [] : [consequence]));
  return {
    ...{ rules, content },
    hits: hitsOf(verdicts),
    unread: different(all.flatMap(({ unread }) => unread)),
    consequence: strictest(wanted),
    notify: all.some(({ notify }) => notify),
    ...(failed === undefined ? {} : { failed }),
  };
}

function hitsOf(verdicts: readonly PieceVerdict[]): readonly RuleHit[] {
  const byRule = new Map<string, RuleHit>();
  let left = MOST_OF_MESSAGE;
  for (const { verdict, piece, begins } of verdicts) {
    for (const hit of verdict.hits) {
      const before = byRule.get(hit.rule);
      const found = before?.findings ?? [];
      const more = hit.findings
        .slice(0, Math.min(left, MOST_OF_RULE - found.length))
        .map((finding) => ({ ...finding, piece, span: moved(finding.span, begins) }));
      left -= more.length;
      byRule.set(hit.rule, { ...hit, findings: [...found, ...more], count: (before?.count ?? 0) + hit.count });
    }
  }
  return [...byRule.values()];
}

function moved({ start, end }: { readonly start: number; readonly end: number }, by: number) {
  return { start: start + by, end: end + by };
}

function different(unread: readonly Unread[]): readonly Unread[] {
  return unread.filter(
    ({ why, part }, at) => unread.findIndex((other) => other.why === why && other.part === part) === at,
  );
}
