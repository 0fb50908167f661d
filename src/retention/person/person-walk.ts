/**
 * Goes through a person's records, oldest first, and decides about each: for an inventory, or to erase what may go. What
 * speaks of a record that goes later is asked again, until nothing more goes.
 */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Subject } from '../../core/person-entries.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { Erasing } from '../../journal/projection.ts';
import { decide, type Decided, type Going } from '../run/decide.ts';
import type { WalkDeps } from '../run/run-deps.ts';
import { isErased, type IsGone } from '../run/staying.ts';
import { openWhole, pagesOf } from './collecting.ts';
import { Duties, type Duty } from './duty.ts';
import type { PersonPorts } from './person.ts';
import { erasingFor } from './staying.ts';
import { countedOf, PersonTally, type Counted, type Reason } from './tally.ts';

export const ARTICLE_17 = 'Regulation (EU) 2016/679, Article 17';

export interface PersonWalkDeps extends Omit<WalkDeps, 'staying' | 'receiptOf'>, PersonPorts {
  /** Asked first: holds, and what is open. */
  readonly keeping: readonly Erasing[];
  /** Asked last: what the house is built on. */
  readonly standing: Erasing;
}

/** What is done with what goes. */
export interface PersonActing {
  /** Resolves with what stayed all the same; undefined when it was stopped before all of it was done. @throws JournalDown */
  go(layer: readonly Going[], signal: AbortSignal): Promise<readonly LeftOut[] | undefined>;
  readonly isGone?: IsGone;
  /** Whether what goes is erased, and not only counted. */
  readonly acts: boolean;
}

/** Records decided about at a time: a family mostly lies in one page. */
const PAGE = 200;
/** Of these, opened between two turns of the event loop. */
const PIECE = 25;

interface Later {
  readonly position: Position;
  readonly counted: Counted;
}

export class PersonWalk {
  readonly tally = new PersonTally();
  readonly #deps: WalkDeps;
  readonly #isGone: IsGone;
  readonly #acting: PersonActing;
  readonly #duties: Duties;
  #went = 0;
  #later: Later[] = [];

  constructor(subject: Subject, deps: PersonWalkDeps, acting: PersonActing) {
    const { keeping, standing } = deps;
    const staying = [...keeping, erasingFor(subject, deps), standing];
    this.#deps = { ...deps, staying, stayingCopies: [...keeping, standing] };
    this.#isGone = acting.isGone ?? isErased;
    this.#acting = acting;
    this.#duties = new Duties(deps.marks);
  }

  /** False where it was stopped on the way. @throws JournalDown */
  async through(positions: readonly Position[], signal: AbortSignal): Promise<boolean> {
    for (let left = positions; ; left = this.#later.map(({ position }) => position)) {
      this.#went = 0;
      this.#later = [];
      for (const page of pagesOf(left, PAGE)) {
        if (signal.aborted || !(await this.#page(page, signal))) return false;
      }
      if (this.#went === 0 || this.#later.length === 0) break;
    }
    for (const { counted } of this.#later) this.tally.stays(counted, { why: 'spoken-of' });
    return true;
  }

  /** False when it was stopped. */
  async #page(page: readonly Position[], signal: AbortSignal): Promise<boolean> {
    const entries = await this.#open(page);
    const termOf = (entry: Entry) => Promise.resolve({ class: entry.class, authority: ARTICLE_17 });
    const decided = await decide(entries.map(goingOf), this.#deps, termOf, this.#isGone);
    const left = await this.#go(decided, new Set(page), signal);
    if (left === undefined) return false;
    await this.#count(entries, left);
    return true;
  }

  async #open(page: readonly Position[]): Promise<readonly Entry[]> {
    const { journal, clock } = this.#deps;
    const entries: Entry[] = [];
    for (const piece of pagesOf(page, PIECE)) {
      const open = await journal.database.read(async (reading) => {
        const view = erasingView(reading, journal.keys, clock.now());
        const there: Position[] = [];
        for (const position of piece) if (!(await this.#isGone(position, view))) there.push(position);
        return openWhole(there, view);
      });
      entries.push(...open);
    }
    return entries;
  }

  /** Of those asked about, what stays; undefined when it was stopped. */
  async #go({ layers, stays, unrecorded }: Decided, asked: ReadonlySet<Position>, signal: AbortSignal) {
    const left = new Map(stays.map((one) => [one.position, one]));
    const all = this.#acting.acts && unrecorded.length > 0 ? [...layers, unrecorded] : layers;
    for (const layer of all) {
      for (const { entry } of layer) left.delete(entry.position);
      const stayed = await this.#acting.go(layer, signal);
      if (stayed === undefined) return undefined;
      const out = new Map(stayed.map((one) => [one.position, one]));
      for (const one of out.values()) left.set(one.position, one);
      this.#went += layer.length - out.size;
      const quoting = layer.filter(({ entry }) => !asked.has(entry.position) && !out.has(entry.position));
      for (const { entry } of quoting) this.#erased(countedOf(entry));
    }
    return left;
  }

  /** What was erased is counted by the record. */
  #erased(one: Counted): void {
    if (!this.#acting.acts) this.tally.erased(one);
  }

  async #count(entries: readonly Entry[], left: ReadonlyMap<Position, LeftOut>): Promise<void> {
    const { views } = this.#deps.journal;
    const kept = entries.filter(({ position }) => left.get(position)?.why === 'duty');
    const now = this.#deps.clock.now();
    const duties = await views.read((reading) => this.#duties.of(kept, { reading, sealer: views.sealer, now }));
    for (const entry of entries) {
      const out = left.get(entry.position);
      const counted = countedOf(entry);
      if (out === undefined) this.#erased(counted);
      else if (out.why === 'spoken-of') this.#later.push({ position: entry.position, counted });
      else this.tally.stays(counted, reasonOf(out, duties.get(entry.position)));
    }
  }
}

function goingOf(entry: Entry): Going {
  return { entry, class: entry.class, authority: ARTICLE_17, copy: false };
}

function reasonOf({ why, hold }: LeftOut, duty: Duty | undefined): Reason {
  return { why, ...(hold === undefined ? {} : { hold }), ...(duty === undefined ? {} : { duty }) };
}
