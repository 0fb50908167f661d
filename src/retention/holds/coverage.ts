/** What a hold covers of what is on record: counted by walking through it, as a search would. */
import type { Entry } from '../../core/entry.ts';
import type { ClassId, Millis, Position } from '../../core/ids.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { candidatesOf } from '../../journal/search/candidates.ts';
import { has } from '../../journal/search/entry-texts.ts';
import type { Meant } from '../../journal/search/cases.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { planOf } from '../../journal/search/plan.ts';
import { networksOfLines } from '../classes/class-store.ts';
import { classTable } from '../classes/class-table.ts';
import { termOf, type Term } from '../classes/term.ts';
import { factsOf } from '../run/facts-of.ts';
import { covers } from './stored-query.ts';

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
  /** Records by the class that says how long they are kept. */
  readonly classes: ReadonlyMap<ClassId, number>;
  /** When the first of them would go by age; undefined where none would. */
  readonly firstDue: Millis | undefined;
}

/** Of the records up to `size`. */
export async function coverageOf(
  deps: CoverageDeps,
  meant: Meant,
  { size, now, signal }: { readonly size: number; readonly now: Millis; readonly signal: AbortSignal },
): Promise<Coverage> {
  const counting = new Counting(await termsOf(deps));
  let looked = 0;
  for await (const step of candidates(deps, meant, { size, now })) {
    signal.throwIfAborted();
    if (looked >= MOST_LOOKED_AT) return counting.end(false);
    looked += step.length;
    for (const one of await covered(deps, meant, step)) counting.count(one);
  }
  return counting.end(true);
}

interface Covered {
  readonly entry: Entry;
  readonly marks: ReadonlySet<string>;
}

/** How long one is kept, by the classes in force; undefined before there are any. */
type TermOf = (one: Covered) => Term | undefined;

class Counting {
  readonly #termOf: TermOf;
  readonly #classes = new Map<ClassId, number>();
  #records = 0;
  #files = 0;
  #firstDue: Millis | undefined;

  constructor(terms: TermOf) {
    this.#termOf = terms;
  }

  count(one: Covered): void {
    const { class: name, eraseAt } = this.#termOf(one) ?? { class: one.entry.class };
    this.#records += 1;
    if (has(one.entry, 'attachment')) this.#files += 1;
    this.#classes.set(name, (this.#classes.get(name) ?? 0) + 1);
    if (eraseAt !== undefined && eraseAt < (this.#firstDue ?? Infinity)) this.#firstDue = eraseAt;
  }

  end(complete: boolean): Coverage {
    return {
      records: this.#records,
      files: this.#files,
      complete,
      classes: this.#classes,
      firstDue: this.#firstDue,
    };
  }
}

function termsOf({ journal }: CoverageDeps): Promise<TermOf> {
  return journal.views.read(async (reading) => {
    const table = await classTable(reading, journal.views.sealer);
    const networks = await networksOfLines(reading);
    return ({ entry, marks }) => (table === undefined ? undefined : termOf(factsOf(entry, { marks, networks }), table));
  });
}

async function covered(
  { journal, marks }: CoverageDeps,
  meant: Meant,
  step: readonly Position[],
): Promise<readonly Covered[]> {
  const opened = await journal.readMany(step);
  const known = await journal.views.read((reading) => marks.of(step, reading));
  return opened.flatMap((entry) => {
    if ('erased' in entry) return [];
    const of = known.get(entry.position) ?? new Set<string>();
    return covers(meant, entry, of) ? [{ entry, marks: of }] : [];
  });
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
