/** What a verdict or a refusal says of a record, in words by which it is found: a pure function of its entry. */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { KeptHit, PolicyBodies } from '../../core/policy-entries.ts';
import type { Mark } from '../../journal/search/marks.ts';

export interface Marked {
  readonly of: Position;
  /** `failed`: the engine could not look. `part`: what was found here begins or goes on in another message. */
  readonly marks: readonly (Mark | 'failed' | 'part')[];
}

/** Nothing for entries that say nothing of a record. */
export function marksIn(entry: Entry): readonly Marked[] {
  switch (entry.kind) {
    case 'policy.verdict':
      return ofVerdict(entry.body);
    case 'policy.refused':
      return ofRefusal(entry.position, entry.body);
    default:
      return [];
  }
}

/** The record that holds the judged text: of an edit that is its own. */
function ofVerdict(body: PolicyBodies['policy.verdict']): readonly Marked[] {
  const { of, version = of, hits, consequence, unread, failed } = body;
  const isFlagged = consequence !== 'none' && consequence !== 'observe';
  const over = [...new Set(hits.flatMap(({ findings }) => findings.flatMap((finding) => finding.over)))];
  const marks: Marked['marks'] = [
    ...rulesOf(hits),
    ...(isFlagged ? (['flagged'] as const) : []),
    ...(consequence === 'quarantine' ? (['quarantined'] as const) : []),
    ...(unread.length > 0 || failed !== undefined ? (['unscanned'] as const) : []),
    ...(failed === undefined ? [] : (['failed'] as const)),
    ...(over.length === 0 ? [] : (['part'] as const)),
  ];
  return [{ of: version, marks }, ...over.map((at): Marked => ({ of: at, marks: ['part'] }))];
}

/** What would only have been refused was said, and is judged where it was. */
function ofRefusal(of: Position, { hits, shadow, failed }: PolicyBodies['policy.refused']): readonly Marked[] {
  if (shadow) return [];
  return [{ of, marks: [...rulesOf(hits), 'flagged', ...(failed === undefined ? [] : (['failed'] as const))] }];
}

/** Dry runs too: to find what a rule would do is what they are for. */
function rulesOf(hits: readonly KeptHit[]): readonly Mark[] {
  return [...new Set(hits.map(({ rule }): Mark => `rule:${rule}`))];
}
