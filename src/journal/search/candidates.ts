/** Positions that a query may mean, newest first, from the index and from the marks together. */
import type { Position } from '../../core/ids.ts';
import type { CandidatePage } from './candidate-page.ts';
import { and, or, type Narrow } from './narrow.ts';
import type { Mark } from './marks.ts';

export interface CandidateSources {
  index(narrow: Narrow, page: CandidatePage): Promise<readonly Position[]>;
  marked(mark: Mark, page: CandidatePage): Promise<readonly Position[]>;
}

/** Falling positions. */
export interface Candidates {
  /** The greatest that is smaller than `below`, which never grows from one call to the next; undefined after the last. */
  next(below: number): Promise<Position | undefined>;
}

export function candidatesOf(narrow: Narrow, sources: CandidateSources): Candidates {
  if (narrow.is === 'marked') return new Paged((page) => sources.marked(narrow.mark, page));
  if (!hasMark(narrow) || (narrow.is !== 'and' && narrow.is !== 'or')) {
    return new Paged((page) => sources.index(narrow, page));
  }
  const plain = narrow.of.filter((part) => !hasMark(part));
  const rest = plain.length === 0 ? [] : [narrow.is === 'and' ? and(plain) : or(plain)];
  const parts = [...narrow.of.filter(hasMark), ...rest].map((part) => candidatesOf(part, sources));
  return narrow.is === 'and' ? new InAll(parts) : new InAny(parts);
}

export function hasMark(narrow: Narrow): boolean {
  if (narrow.is === 'and' || narrow.is === 'or') return narrow.of.some(hasMark);
  return narrow.is === 'marked';
}

/** Read at a time: where two rarely meet, each step of the one reads a page of the other. */
const PAGE = 250;

class Paged implements Candidates {
  readonly #read: (page: CandidatePage) => Promise<readonly Position[]>;
  #page: readonly Position[] = [];
  #at = 0;
  #isLast = false;

  constructor(read: (page: CandidatePage) => Promise<readonly Position[]>) {
    this.#read = read;
  }

  async next(below: number): Promise<Position | undefined> {
    const found = this.#below(below);
    if (found !== undefined || this.#isLast) return found;
    this.#page = await this.#read({ below, limit: PAGE });
    this.#at = 0;
    this.#isLast = this.#page.length < PAGE;
    return this.#page[0];
  }

  #below(below: number): Position | undefined {
    while ((this.#page[this.#at] ?? 0) >= below) this.#at += 1;
    return this.#page[this.#at];
  }
}

/** Each is moved to where the one that is furthest back stands, until all stand at the same. */
class InAll implements Candidates {
  readonly #parts: readonly Candidates[];

  constructor(parts: readonly Candidates[]) {
    this.#parts = parts;
  }

  async next(below: number): Promise<Position | undefined> {
    let agreed = 0;
    let at: Position | undefined;
    for (let i = 0; agreed < this.#parts.length; i = (i + 1) % this.#parts.length) {
      const found = await this.#parts[i]?.next(at === undefined ? below : at + 1);
      if (found === undefined) return undefined;
      agreed = found === at ? agreed + 1 : 1;
      at = found;
    }
    return at;
  }
}

class InAny implements Candidates {
  readonly #parts: readonly Candidates[];

  constructor(parts: readonly Candidates[]) {
    this.#parts = parts;
  }

  async next(below: number): Promise<Position | undefined> {
    let newest: Position | undefined;
    for (const part of this.#parts) {
      const found = await part.next(below);
      if (found !== undefined && found > (newest ?? 0)) newest = found;
    }
    return newest;
  }
}
