/** What a hold covers of what is on record: counted by walking through it, as a search would. */
import type { Entry } from '../../core/entry.ts';
import type { ClassId, Millis, Position } from '../../core/ids.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { candidatesOf } from '../../journal/search/candidates.ts';
import { has } from '../../journal/search/entry-texts.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { planOf } from '../../journal/search/plan.ts';
import { covers, type Meant } from './stored-query.ts';

/** Records opened between two turns of the event loop. */
const STEP = 50;
/** Looked at, at most: of more it is told that there are at least so many. */
const MOST_LOOKED_AT = 200_000;

export interface CoverageDeps {
  readonly journal: Pick<OpenJournal, 'views' | 'readMany' | 'search'>;
  readonly marks: Marks;
}

export interface Coverage {
  readonly records: number;
  /** Of these, messages that are files. */
  readonly files: number;
  /** False where there were too many to look at all of them. */
  readonly complete: boolean;
  /** Records by the class that they came with. */
  readonly classes: ReadonlyMap<ClassId, number>;
}

/** Of the records up to `size`. */
export async function coverageOf(
  deps: CoverageDeps,
  meant: Meant,
  { size, now, signal }: { readonly size: number; readonly now: Millis; readonly signal: AbortSignal },
): Promise<Coverage> {
  const classes = new Map<ClassId, number>();
  let [records, files, looked] = [0, 0, 0];
  const count = (entry: Entry): void => {
    records += 1;
    if (has(entry, 'attachment')) files += 1;
    classes.set(entry.class, (classes.get(entry.class) ?? 0) + 1);
  };
  for await (const step of candidates(deps, meant, { size, now })) {
    signal.throwIfAborted();
    if (looked >= MOST_LOOKED_AT) return { records, files, complete: false, classes };
    looked += step.length;
    for (const entry of await covered(deps, meant, step)) count(entry);
  }
  return { records, files, complete: true, classes };
}

async function covered({ journal, marks }: CoverageDeps, meant: Meant, step: readonly Position[]) {
  const opened = await journal.readMany(step);
  const known = await journal.views.read((reading) => marks.of(step, reading));
  const found = opened.flatMap((entry) => ('erased' in entry ? [] : [entry]));
  return found.filter((entry) => covers(meant, entry, known.get(entry.position) ?? new Set()));
}

/** A few at a time, newest first. */
async function* candidates(
  { journal, marks }: CoverageDeps,
  { query, meant }: Meant,
  { size, now }: { readonly size: number; readonly now: Millis },
): AsyncGenerator<readonly Position[]> {
  const { search, views } = journal;
  const named = [...meant].flatMap(([part, names]) => (part.is === 'field' ? [{ ...part, names }] : []));
  const { narrow } = await planOf(query, {
    resolver: {
      resolve: (field, value) =>
        Promise.resolve(named.find((part) => part.field === field && part.value === value)?.names ?? []),
    },
    knows: () => Promise.resolve(true),
    ...{ tokens: search.tokens, now, whole: true as const },
  });
  const found = candidatesOf(narrow, {
    index: (of, page) => views.read((reading) => search.candidates(of, page, reading)),
    marked: (mark, page) => views.read((reading) => marks.marked(mark, page, reading)),
  });
  let step: Position[] = [];
  for (let at = await found.next(size + 1); at !== undefined; at = await found.next(at)) {
    step.push(at);
    if (step.length < STEP) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
