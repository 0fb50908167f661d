/**
 * What a law asks to be kept although the person wants it gone (Regulation (EU) 2016/679, Article 17(3)(b)): a pure
 * function of the record, the classes and the time. Every class counts that ever held for it, except those that are the
 * company's own decision.
 */
import type { Entry } from '../../core/entry.ts';
import type { ClassId, LineId, Millis, NetworkId, Position } from '../../core/ids.ts';
import { endOf } from '../../core/period.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { networksOfLines, newestState, type NewestState } from '../classes/class-store.ts';
import { classTable, type ClassTable } from '../classes/class-table.ts';
import type { Facts } from '../classes/facts.ts';
import { classesOf, clockStart, strictestFirst } from '../classes/term.ts';
import { factsOf } from '../run/facts-of.ts';

export interface Duty {
  /** Absent where it is no class that asks for it. */
  readonly class?: ClassId;
  readonly authority: string;
  /** Absent where nobody knows when it ends. */
  readonly until?: Millis;
}

/** Whoever has to show that somebody agreed keeps what shows it. */
const CONSENT: Duty = { authority: 'Regulation (EU) 2016/679, Article 7(1): proof of consent' };
const UNKNOWN = 'a class that is not on record';

/** Undefined where no law asks for it any longer at `now`. */
export function dutyOf(facts: Facts, table: ClassTable | undefined, now: Millis): Duty | undefined {
  if (facts.kind.startsWith('consent.')) return CONSENT;
  const held = table === undefined ? [] : [...classesOf(facts, table)];
  // What the record came under is described nowhere: nothing says that it may go.
  if (!held.some(({ id }) => id === facts.class)) return { class: facts.class, authority: UNKNOWN };
  const start = clockStart(facts);
  const [strictest] = strictestFirst(
    held.filter(({ own }) => own !== true),
    start,
  );
  if (strictest === undefined) return undefined;
  const until = endOf(start, strictest.keep);
  return until > now ? { class: strictest.id, authority: strictest.authority, until } : undefined;
}

export interface DutyView {
  readonly reading: Reading;
  readonly sealer: Sealer;
  readonly now: Millis;
}

const unmarked: ReadonlySet<string> = new Set();

/** Which law asks for which record, by the classes that are on record at the moment it is asked. */
export class Duties {
  readonly #marks: Pick<Marks, 'of'>;
  #newest: NewestState | undefined;
  #table: ClassTable | undefined;

  constructor(marks: Pick<Marks, 'of'>) {
    this.#marks = marks;
  }

  async of(entries: readonly Entry[], view: DutyView): Promise<ReadonlyMap<Position, Duty>> {
    const { reading, now } = view;
    const table = await this.#tableIn(view);
    const networks: ReadonlyMap<LineId, ReadonlySet<NetworkId>> = await networksOfLines(reading);
    const positions = entries.map(({ position }) => position);
    const said = await this.#marks.of(positions, reading);
    const duties = new Map<Position, Duty>();
    for (const entry of entries) {
      const facts = factsOf(entry, { marks: said.get(entry.position) ?? unmarked, networks });
      const duty = dutyOf(facts, table, now);
      if (duty !== undefined) duties.set(entry.position, duty);
    }
    return duties;
  }

  /** Opened once for each state: it is asked for every few records. */
  async #tableIn({ reading, sealer }: DutyView): Promise<ClassTable | undefined> {
    const newest = await newestState(reading);
    // The digest too: a position whose commit was undone is given again.
    if (newest?.position !== this.#newest?.position || newest?.digest !== this.#newest?.digest) {
      this.#table = await classTable(reading, sealer);
      this.#newest = newest;
    }
    return this.#table;
  }
}
