/** Searching the record: the index narrows, the decrypted text decides, the newest come first. */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Journal } from '../journal.ts';
import type { FieldResolver } from './field-resolver.ts';
import { withCases, type Cases } from './cases.ts';
import { candidatesOf, hasMark } from './candidates.ts';
import type { SearchIndex } from './index-store.ts';
import type { Marks } from './marks.ts';
import { matches } from './matches.ts';
import { planOf, type Plan, type PlanContext } from './plan.ts';
import { parseQuery } from './query/parser.ts';
import type { QueryContext, QueryError } from './query/query.ts';

/** Candidates that the index is asked for at a time. */
const STEP = 2_000;
/** Records opened between two turns of the event loop. */
const OPENED_AT_ONCE = 50;
/** Candidates after which a walk that found too little is cut: the cursor goes on from there. */
const MOST_CANDIDATES = 20_000;

/** Where the next page begins. New records change nothing about it. */
export interface SearchCursor {
  /** The journal's size when the search began. */
  readonly size: number;
  /** The oldest position that was shown or passed over. */
  readonly last: number;
  /** Hits on the pages before. */
  readonly found: number;
}

export interface SearchOptions extends QueryContext {
  /** Hits on a page. */
  readonly limit: number;
  readonly cursor?: SearchCursor;
  /** Candidates looked at, at most, to tell the total when the page is full; 0 ends the walk with the page. */
  readonly countWithin?: number;
  readonly signal?: AbortSignal;
}

export interface SearchPage {
  readonly hits: readonly Entry[];
  /** Found so far, on all pages; when not `complete`, there are at least so many. */
  readonly total: number;
  readonly complete: boolean;
  /** For the next page; undefined after the last. */
  readonly cursor?: SearchCursor;
  /** Parts of the query that name nobody and nothing here, as `from:@bob`. */
  readonly unknown: readonly string[];
}

export interface SearchIn {
  readonly journal: Pick<Journal, 'views' | 'readMany' | 'size'>;
  readonly index: SearchIndex;
  readonly resolver: FieldResolver;
  readonly marks: Marks;
  /** Absent where no holds are kept. */
  readonly cases?: Cases;
}

export type Search = (query: string, options: SearchOptions) => Promise<Result<SearchPage, QueryError>>;

export function createSearch(where: SearchIn): Search {
  return async (text, options) => {
    const query = parseQuery(text, options);
    if (!query.ok) return query;
    const { resolver, index, journal, marks } = where;
    const knows: PlanContext['knows'] = (mark) => journal.views.read((reading) => marks.knows(mark, reading));
    const { query: asked, meant: given } = await withCases(query.value, where.cases ?? noCases);
    const plan = await planOf(asked, { resolver, knows, given, tokens: index.tokens, now: options.now });
    const size = options.cursor?.size ?? (await journal.size());
    return ok(await new Walk(where, plan, { ...options, size }).page());
  };
}

const noCases: Cases = () => Promise.resolve([]);

class Walk {
  readonly #where: SearchIn;
  readonly #plan: Plan;
  readonly #options: SearchOptions & { readonly size: number };
  readonly #hits: Entry[] = [];
  #more = 0;
  #looked = 0;

  constructor(where: SearchIn, plan: Plan, options: SearchOptions & { readonly size: number }) {
    this.#where = where;
    this.#plan = plan;
    this.#options = options;
  }

  async page(): Promise<SearchPage> {
    // Where the next page begins: behind the last hit shown or, while the page is not full, behind all that was seen.
    let last = this.#start();
    for await (const positions of this.#candidates()) {
      if (this.#isEnough()) return { ...this.#found(), complete: false, cursor: this.#cursor(last) };
      const wasFull = this.#isFull();
      await this.#look(positions);
      if (!wasFull) last = (this.#isFull() ? this.#hits.at(-1)?.position : positions.at(-1)) ?? last;
    }
    return this.#more === 0 ? this.#found() : { ...this.#found(), cursor: this.#cursor(last) };
  }

  /** A few at a time, the newest first. */
  #candidates(): AsyncGenerator<readonly Position[]> {
    return hasMark(this.#plan.narrow) ? this.#marked() : this.#indexed();
  }

  async *#indexed(): AsyncGenerator<readonly Position[]> {
    const { index, journal } = this.#where;
    for (let below = this.#start(); ;) {
      const page = { below, limit: STEP };
      const step = await journal.views.read((reading) => index.candidates(this.#plan.narrow, page, reading));
      for (let i = 0; i < step.length; i += OPENED_AT_ONCE) yield step.slice(i, i + OPENED_AT_ONCE);
      if (step.length < STEP) return;
      below = step.at(-1) ?? 0;
    }
  }

  async *#marked(): AsyncGenerator<readonly Position[]> {
    const { index, marks, journal } = this.#where;
    const candidates = candidatesOf(this.#plan.narrow, {
      index: (narrow, page) => journal.views.read((reading) => index.candidates(narrow, page, reading)),
      marked: (mark, page) => journal.views.read((reading) => marks.marked(mark, page, reading)),
    });
    let step: Position[] = [];
    for (let at = await candidates.next(this.#start()); at !== undefined; at = await candidates.next(at)) {
      step.push(at);
      if (step.length < OPENED_AT_ONCE) continue;
      yield step;
      step = [];
    }
    if (step.length > 0) yield step;
  }

  #start(): number {
    return this.#options.cursor?.last ?? this.#options.size + 1;
  }

  async #look(positions: readonly Position[]): Promise<void> {
    const { journal, marks } = this.#where;
    const opened = await journal.readMany(positions);
    const known = this.#plan.marked ? await journal.views.read((reading) => marks.of(positions, reading)) : undefined;
    for (const entry of opened.toSorted((a, b) => b.position - a.position)) {
      if ('erased' in entry || !matches(entry, this.#plan, known?.get(entry.position))) continue;
      if (this.#isFull()) this.#more += 1;
      else this.#hits.push(entry);
    }
    this.#looked += positions.length;
    await new Promise((resolve) => setImmediate(resolve));
  }

  #isFull(): boolean {
    return this.#hits.length >= this.#options.limit;
  }

  #isEnough(): boolean {
    if (this.#options.signal?.aborted === true) return true;
    return this.#looked >= (this.#isFull() ? (this.#options.countWithin ?? STEP) : MOST_CANDIDATES);
  }

  #total(): number {
    return (this.#options.cursor?.found ?? 0) + this.#hits.length + this.#more;
  }

  #found(): SearchPage {
    return { hits: this.#hits, total: this.#total(), complete: true, unknown: this.#plan.unknown };
  }

  #cursor(last: number): SearchCursor {
    return { size: this.#options.size, last, found: (this.#options.cursor?.found ?? 0) + this.#hits.length };
  }
}
