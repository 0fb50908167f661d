/**
 * All records about a person, found through the search index, and downward what speaks of them. Positions alone are kept:
 * a person may have a million of them.
 */
import type { Clock } from '../../core/clock.ts';
import type { Entry } from '../../core/entry.ts';
import { noMillis, type Position } from '../../core/ids.ts';
import type { Subject } from '../../core/person-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { ErasingView } from '../../journal/projection.ts';
import { EntryDamaged } from '../../journal/opener.ts';
import { or, token, type Narrow } from '../../journal/search/narrow.ts';
import { speakingOf } from '../families/link-store.ts';
import { Pace } from '../run/pace.ts';
import { PositionSet } from '../run/position-set.ts';
import { isAbout, personOf, type Person, type PersonPorts } from './person.ts';

export interface CollectingDeps extends PersonPorts {
  readonly journal: Pick<OpenJournal, 'database' | 'keys' | 'views' | 'search'>;
  readonly clock: Clock;
}

/** Looked up at a time. */
const PAGE = 100;
/** Records opened between two turns of the event loop. */
const PIECE = 25;

/** Up to `size`, oldest first; undefined where it was stopped on the way. What somebody damaged is passed over. */
export function collect(
  subject: Subject,
  size: number,
  deps: CollectingDeps,
  signal: AbortSignal,
): Promise<readonly Position[] | undefined> {
  const collecting = new Collecting(deps, size, signal);
  return collecting.all(subject);
}

class Collecting {
  readonly #deps: CollectingDeps;
  readonly #size: number;
  readonly #signal: AbortSignal;
  readonly #pace: Pace;
  readonly #seen = new PositionSet();
  readonly #found: Position[] = [];

  constructor(deps: CollectingDeps, size: number, signal: AbortSignal) {
    this.#deps = deps;
    this.#size = size;
    this.#signal = signal;
    this.#pace = new Pace(deps.clock);
  }

  async all(subject: Subject): Promise<readonly Position[] | undefined> {
    const person = await this.#inView((view) => personOf(subject, view, this.#deps));
    await this.#through(this.#narrowOf(person), () => true);
    // What names a contact in its body alone is found under no field: there are few of these.
    for (const kind of ['ghost.made', 'contact.changed', 'line.assigned']) {
      await this.#through(this.#field('kind', kind), (entry) => isAbout(person, entry));
    }
    return this.#signal.aborted ? undefined : this.#found.toSorted((a, b) => a - b);
  }

  #narrowOf({ contacts, actors, rooms }: Person): Narrow {
    return or([
      ...[...contacts].map((contact) => this.#field('contact', contact)),
      ...[...actors].map((actor) => this.#field('actor', actor)),
      ...[...rooms].map((room) => this.#field('room', room)),
    ]);
  }

  #field(name: string, value: string): Narrow {
    return token(this.#deps.journal.search.tokens.field(name, value));
  }

  async #through(narrow: Narrow, takes: (entry: Entry) => boolean): Promise<void> {
    const { search, views } = this.#deps.journal;
    for (let below: number = this.#size + 1; !this.#signal.aborted;) {
      const page = await views.read((reading) => search.candidates(narrow, { below, limit: PAGE }, reading));
      const last = page.at(-1);
      if (last === undefined) return;
      await this.#pace.over(page, PIECE, async (piece) => {
        await this.#inView((view) => this.#take(piece, takes, view));
        return [];
      });
      below = last;
    }
  }

  async #take(page: readonly Position[], takes: (entry: Entry) => boolean, view: ErasingView): Promise<void> {
    for (const entry of await openWhole(page, view)) if (takes(entry)) await this.#withAll(entry, view);
  }

  /** And what speaks of it, and of that. */
  async #withAll(entry: Entry, view: ErasingView): Promise<void> {
    const waiting = this.#note(entry.position) ? [entry] : [];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for await (const page of speakingOf(next, view.reading)) {
        const unseen = page.filter((position) => this.#note(position));
        waiting.push(...(await openWhole(unseen, view)));
      }
    }
  }

  #note(position: Position): boolean {
    if (position > this.#size || this.#seen.has(position)) return false;
    this.#seen.add(position);
    this.#found.push(position);
    return true;
  }

  #inView<T>(work: (view: ErasingView) => Promise<T>): Promise<T> {
    const { database, keys } = this.#deps.journal;
    return database.read((reading) => work(erasingView(reading, keys, noMillis)));
  }
}

/** One that somebody changed does not open: it stays as it is, and `verify` tells of it. */
export async function openWhole(positions: readonly Position[], view: ErasingView): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const position of positions) {
    try {
      entries.push(...(await view.open([position])));
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
    }
  }
  return entries;
}

/** Positions in pages, as they stand. */
export function* pagesOf(positions: readonly Position[], size: number): Generator<readonly Position[]> {
  for (let at = 0; at < positions.length; at += size) yield positions.slice(at, at + size);
}
