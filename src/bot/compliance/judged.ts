/** What rules found in a record, by all that is on record about it. */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Journal } from '../../journal/journal.ts';
import { marksOf } from '../../policy/verdicts/mark-store.ts';
import { itemsBeforeOn, verdictsAbout, type StandingVerdict } from '../../policy/verdicts/verdict-store.ts';
import type { Judged, JudgedBefore } from './desk-context.ts';

type Reading = Pick<Journal, 'views' | 'readMany'>;

/** The same text may have been judged again by other rules: what any of them found is found. */
export async function judgedIn(entry: Entry, journal: Reading): Promise<Judged> {
  const { marks, standing } = await journal.views.read(async (reading) => ({
    marks: await marksOf(reading, entry.position),
    standing: await verdictsAbout(reading, entry.position),
  }));
  const verdicts = await opened(standing, journal);
  const own = entry.kind === 'policy.refused' ? entry.body.hits : [];
  const hits = [...verdicts.flatMap(({ verdict }) => verdict.body.hits), ...own];
  return { verdicts, hits, isPart: marks.has('part') };
}

export async function itemsBefore(verdict: Position, journal: Reading): Promise<readonly JudgedBefore[]> {
  return opened(await journal.views.read((reading) => itemsBeforeOn(reading, verdict)), journal);
}

/** Those that were erased are left out. */
async function opened(standing: readonly StandingVerdict[], journal: Reading): Promise<readonly JudgedBefore[]> {
  if (standing.length === 0) return [];
  const wanted = [...new Set(standing.flatMap(({ position, changed }) => [position, changed]))];
  const read = (await journal.readMany(wanted)).flatMap((entry) => ('erased' in entry ? [] : [entry]));
  const at = (position: Position): Entry | undefined => read.find((entry) => entry.position === position);
  return standing.flatMap(({ position, changed, state }): readonly JudgedBefore[] => {
    const verdict = at(position);
    return verdict?.kind === 'policy.verdict' ? [{ verdict, state, by: at(changed) }] : [];
  });
}
