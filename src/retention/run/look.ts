/** One chunk of the record looked at: what is due, what is not yet, and what has not to be opened at all. */
import type { Entry } from '../../core/entry.ts';
import { must, parsePosition, type LineId, type Millis, type NetworkId, type Position } from '../../core/ids.ts';
import type { EntryTimes } from '../../journal/entry-store.ts';
import { classesOf, clockStart, mayBeDueBefore, termOf, type Term } from '../classes/term.ts';
import { endOf } from '../../core/period.ts';
import { networksOfLines } from '../classes/class-store.ts';
import type { ClassTable } from '../classes/class-table.ts';
import { chunkFrom, CHUNK, positionsIn, type ChunkNote } from './chunk-notes.ts';
import type { Going } from './decide.ts';
import { factsOf } from './facts-of.ts';
import { Pace } from './pace.ts';
import type { WalkDeps } from './run-deps.ts';

export interface Looking {
  readonly table: ClassTable;
  readonly until: Millis;
  /** Entries after it came since: they are the next one's. */
  readonly size: number;
  /** Fingerprint of the holds that stand. */
  readonly holds: string;
}

export interface Looked {
  readonly due: readonly Going[];
  /** Of the rest. */
  readonly note: Omit<ChunkNote, 'stayed'>;
  /** What of an earlier look is so still. */
  readonly kept: ChunkNote['stayed'];
}

type Deps = Pick<WalkDeps, 'journal' | 'marks' | 'clock'>;
/** Records opened between two turns of the event loop. */
const PAGE = 25;

export async function lookAt(
  chunk: number,
  before: ChunkNote | undefined,
  looking: Looking,
  deps: Deps,
): Promise<Looked> {
  const from = chunkFrom(chunk);
  const to = must(parsePosition(Math.min(from + CHUNK - 1, looking.size)));
  if (before === undefined || mayHaveChanged(before, to, looking)) return anew({ from, to }, looking, deps);
  const kept = before.stayed.filter((one) => one.why === 'hold' && before.holds === looking.holds);
  const again = before.stayed.filter((one) => !kept.includes(one)).flatMap(({ spans }) => positionsIn(spans));
  const { stayed, ...note } = before;
  const due = await dueAmong(again, looking, deps);
  return { due, note: { ...note, holds: looking.holds }, kept: stayed.filter((one) => kept.includes(one)) };
}

/** Whether something may be due now that was not. */
function mayHaveChanged(before: ChunkNote, to: Position, { table, until }: Looking): boolean {
  if (before.to !== to) return true;
  if (before.next !== undefined && before.next <= until) return true;
  return before.unopened !== undefined && before.unopened <= mayBeDueBefore(table, until);
}

async function anew(
  range: { readonly from: Position; readonly to: Position },
  looking: Looking,
  deps: Deps,
): Promise<Looked> {
  const bound = mayBeDueBefore(looking.table, looking.until);
  const times = await deps.journal.reader.times(range);
  const later = times.map(earliestStart).filter((start) => start > bound);
  const opened = await termsOf(
    times.filter((one) => earliestStart(one) <= bound).map(({ position }) => position),
    looking,
    deps,
  );
  const ends = opened.flatMap(({ term }) => (term.eraseAt === undefined ? [] : [term.eraseAt]));
  const next = least(ends.filter((end) => end > looking.until));
  const unopened = least(later);
  return {
    due: opened.filter((one) => isDue(one, looking)).map(goingOf),
    note: {
      to: range.to,
      holds: looking.holds,
      longer: opened.filter((one) => isLonger(one, looking)).length,
      ...(next === undefined ? {} : { next }),
      ...(unopened === undefined ? {} : { unopened }),
    },
    kept: [],
  };
}

/** Whatever else its record says: what was fetched late began when it happened. */
function earliestStart({ at, recorded_at }: EntryTimes): Millis {
  return at < recorded_at ? at : recorded_at;
}

function least(times: readonly Millis[]): Millis | undefined {
  return times.reduce<Millis | undefined>(
    (first, time) => (first === undefined || time < first ? time : first),
    undefined,
  );
}

interface Termed {
  readonly entry: Entry;
  readonly term: Term;
  /** When the class that it was recorded under would let it go. */
  readonly firstOver: boolean;
}

/** Of these, what is due by the classes that hold now. */
export async function dueAmong(
  positions: readonly Position[],
  looking: Looking,
  deps: Deps,
): Promise<readonly Going[]> {
  const opened = await termsOf(positions, looking, deps);
  return opened.filter((one) => isDue(one, looking)).map(goingOf);
}

function isDue({ term }: Termed, { until }: Looking): boolean {
  return term.eraseAt !== undefined && term.eraseAt <= until;
}

function isLonger(one: Termed, looking: Looking): boolean {
  return one.firstOver && !isDue(one, looking);
}

function goingOf({ entry, term }: Termed): Going {
  return { entry, class: term.class, authority: term.authority, copy: false };
}

async function termsOf(
  positions: readonly Position[],
  { table, until }: Looking,
  { journal, marks, clock }: Deps,
): Promise<readonly Termed[]> {
  if (positions.length === 0) return [];
  const networks = await journal.views.read(networksOfLines);
  return new Pace(clock).over(positions, PAGE, async (page) => {
    const entries = (await journal.readMany(page)).filter((entry): entry is Entry => !('erased' in entry));
    const said = await journal.views.read((reading) => marks.of(page, reading));
    return entries.map((entry) => termed(entry, { table, until, said, networks }));
  });
}

interface Terming {
  readonly table: ClassTable;
  readonly until: Millis;
  readonly said: ReadonlyMap<Position, ReadonlySet<string>>;
  readonly networks: ReadonlyMap<LineId, ReadonlySet<NetworkId>>;
}

const unmarked: ReadonlySet<string> = new Set();

function termed(entry: Entry, { table, until, said, networks }: Terming): Termed {
  const facts = factsOf(entry, { marks: said.get(entry.position) ?? unmarked, networks });
  const first = [...classesOf(facts, table)].find(({ id }) => id === entry.class);
  const over = first?.erase === undefined ? undefined : endOf(clockStart(facts), first.erase);
  return { entry, term: termOf(facts, table), firstOver: over !== undefined && over <= until };
}

/** The class and paragraph by which this one goes. */
export async function termFor(entry: Entry, looking: Looking, deps: Deps): Promise<Pick<Going, 'class' | 'authority'>> {
  const [one] = await termsOf([entry.position], looking, deps);
  return one === undefined
    ? { class: entry.class, authority: '' }
    : { class: one.term.class, authority: one.term.authority };
}
