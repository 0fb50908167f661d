/** What rules found in a record, by all that is on record about it. */
import type { Entry } from '../../core/entry.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import type { Journal } from '../../journal/journal.ts';
import { marksOf } from '../../policy/verdicts/mark-store.ts';
import { verdictsAbout } from '../../policy/verdicts/verdict-store.ts';
import type { Judged } from './desk-context.ts';

/** The same text may have been judged again by other rules: what any of them found is found. */
export async function judgedIn(entry: Entry, journal: Pick<Journal, 'views' | 'readMany'>): Promise<Judged> {
  const { marks, verdicts } = await journal.views.read(async (reading) => ({
    marks: await marksOf(reading, entry.position),
    verdicts: await verdictsAbout(reading, entry.position),
  }));
  const entries = await journal.readMany(verdicts.map(({ position }) => position));
  const hits = entries.flatMap((verdict): readonly KeptHit[] =>
    'erased' in verdict || verdict.kind !== 'policy.verdict' ? [] : verdict.body.hits,
  );
  const own = entry.kind === 'policy.refused' ? entry.body.hits : [];
  return { hits: [...hits, ...own], isPart: marks.has('part') };
}
