/**
 * Finds the words and phrases of many lists in one pass over a folded text. Whole words only; `guarante*` finds words that
 * begin so; `call _ cell` leaves room for up to two words between.
 */
import { err, ok, type Result } from '../../core/result.ts';
import { buildAutomaton, type Automaton } from './aho-corasick.ts';
import { endOfWord, isOpen, isWordAt } from './word-bounds.ts';

/** `term` is its index in its list; the span is in the text that was searched. */
export interface WordHit {
  readonly term: number;
  readonly start: number;
  readonly end: number;
}

/** In the order of their starts. `cut`: there were more than are kept. */
export interface WordHits {
  readonly hits: readonly WordHit[];
  readonly cut: boolean;
}

export interface WordFinder {
  /** For each list its hits, at most 1,000 of each list. */
  find(folded: string): readonly WordHits[];
}

const MOST_HITS = 1_000;
const GAP_WORDS = 2;
const GAP_CHARACTERS = 60;
const none: WordHits = { hits: [], cut: false };

/** A term of a list whose last part, or a part between, a literal of the automaton is. */
interface Use {
  readonly list: number;
  readonly term: number;
  /** What follows may be the rest of its word. */
  readonly open: boolean;
  /** Absent of a term without room in it. */
  readonly after?: After;
}

/** What has to precede a part: the first part, whoever begins so, or the parts before it of this term alone. */
interface After {
  readonly part: number;
  readonly isLast: boolean;
  /** The literal of the first part. */
  readonly first: string;
}

/** What a literal serves. Hundreds of terms may begin with one word: where it stands is kept once for all of them. */
interface Served {
  begins: boolean;
  readonly uses: Use[];
}

/** `lists` hold folded terms; empty ones find nothing. Fails with more characters than the table takes. */
export function buildWordFinder(lists: readonly (readonly string[])[]): Result<WordFinder, 'too-many'> {
  const serving = new Map<string, Served>();
  for (const [list, terms] of lists.entries()) {
    for (const [term, text] of terms.entries()) addTerm(serving, { list, term }, text);
  }
  const literals = [...serving.keys()];
  const automaton = buildAutomaton(literals);
  if (!automaton.ok) return err(automaton.error);
  const served = [...serving.values()];
  return ok({
    find: (folded) => (literals.length === 0 ? lists.map(() => none) : search(folded, automaton.value)),
  });

  function search(folded: string, found: Automaton): readonly WordHits[] {
    const collected: (Collected | undefined)[] = lists.map(() => undefined);
    const begun = new Begun();
    found.scan(folded, (index, end) => {
      const literal = literals[index] ?? '';
      const start = end - literal.length;
      if (!isOpen(folded, start)) return;
      const closed = isOpen(folded, end);
      const { begins, uses } = served[index] ?? nobody;
      if (begins && closed) begun.add(literal, { start, end });
      for (const use of uses) {
        if (closed || use.open) (collected[use.list] ??= new Collected()).take(use, { folded, start, end }, begun);
      }
    });
    return collected.map((list) => list?.hits() ?? none);
  }
}

const nobody: Served = { begins: false, uses: [] };

function addTerm(
  serving: Map<string, Served>,
  of: { readonly list: number; readonly term: number },
  text: string,
): void {
  const isPrefix = text.endsWith('*');
  const parts = (isPrefix ? text.slice(0, -1) : text).split(' _ ').filter((part) => part !== '');
  const [first = ''] = parts;
  for (const [part, literal] of parts.entries()) {
    const served = serving.get(literal) ?? { begins: false, uses: [] };
    serving.set(literal, served);
    const isLast = part === parts.length - 1;
    if (part === 0 && !isLast) served.begins = true;
    else served.uses.push({ ...of, open: isPrefix && isLast, ...(part > 0 ? { after: { part, isLast, first } } : {}) });
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Those of one literal overlap by less than the literal is long; 8 that overlap are more than a phrase repeats itself. */
const NEWEST = 8;

function keepNewest(places: Place[], place: Place): void {
  places.push(place);
  if (places.length > NEWEST) places.shift();
}

/** Where phrases with room in them begin: the newest places of each literal. */
class Begun {
  readonly #places = new Map<string, Place[]>();

  add(literal: string, place: Place): void {
    const places = this.#places.get(literal);
    if (places === undefined) this.#places.set(literal, [place]);
    else keepNewest(places, place);
  }

  of(literal: string): readonly Place[] | undefined {
    return this.#places.get(literal);
  }
}

/** The hits of one list in one text. */
class Collected {
  readonly #hits: WordHit[] = [];
  #cut = false;
  /** For each term of three parts or more: the newest places of its first parts, by how many of them stand there already. */
  readonly #parts = new Map<number, Place[][]>();

  /** Parts come in the order of their ends, so what precedes one is known when it comes. */
  take({ term, open, after }: Use, { folded, ...place }: Place & { readonly folded: string }, begun: Begun): void {
    const { start } = place;
    const end = open ? endOfWord(folded, place.end) : place.end;
    if (after === undefined) {
      this.#add({ term, start, end });
      return;
    }
    const { part, isLast, first } = after;
    const before = part === 1 ? begun.of(first) : this.#parts.get(term)?.[part - 1];
    const newest = before?.findLast((one) => one.end < start);
    if (newest === undefined || !isNear(folded, newest.end, start)) return;
    const whole = { start: newest.start, end };
    if (isLast) this.#add({ term, ...whole });
    else this.#keep(term, part, whole);
  }

  #add(hit: WordHit): void {
    if (this.#hits.length < MOST_HITS) this.#hits.push(hit);
    else this.#cut = true;
  }

  #keep(term: number, part: number, place: Place): void {
    const parts = this.#parts.get(term) ?? [];
    this.#parts.set(term, parts);
    keepNewest((parts[part] ??= []), place);
  }

  hits(): WordHits {
    this.#hits.sort((a, b) => a.start - b.start || b.end - a.end);
    return { hits: this.#hits, cut: this.#cut };
  }
}

function isNear(folded: string, from: number, to: number): boolean {
  if (to - from > GAP_CHARACTERS) return false;
  let words = 0;
  for (let at = from; at < to; at += 1) {
    if (isWordAt(folded, at) && (at === from || !isWordAt(folded, at - 1))) words += 1;
  }
  return words <= GAP_WORDS;
}
