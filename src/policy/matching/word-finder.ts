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

/** A literal of the automaton, and whom it serves: the `part`th part of a term of a list. */
interface Use {
  readonly list: number;
  readonly term: number;
  readonly part: number;
  readonly parts: number;
  /** What follows may be the rest of its word. */
  readonly open: boolean;
}

/** `lists` hold folded terms; empty ones find nothing. Fails with more characters than the table takes. */
export function buildWordFinder(lists: readonly (readonly string[])[]): Result<WordFinder, 'too-many'> {
  const uses = new Map<string, Use[]>();
  for (const [list, terms] of lists.entries()) {
    for (const [term, text] of terms.entries()) addTerm(uses, { list, term }, text);
  }
  const literals = [...uses.keys()];
  const automaton = buildAutomaton(literals);
  if (!automaton.ok) return err(automaton.error);
  const served = literals.map((literal) => uses.get(literal) ?? []);
  const lengths = literals.map((literal) => literal.length);
  return ok({
    find: (folded) => (literals.length === 0 ? lists.map(() => none) : search(folded, automaton.value)),
  });

  function search(folded: string, found: Automaton): readonly WordHits[] {
    const collected: (Collected | undefined)[] = lists.map(() => undefined);
    found.scan(folded, (literal, end) => {
      const start = end - (lengths[literal] ?? 0);
      if (!isOpen(folded, start)) return;
      const closed = isOpen(folded, end);
      for (const use of served[literal] ?? []) {
        if (closed || use.open) collect((collected[use.list] ??= new Collected()), use, { folded, start, end });
      }
    });
    return collected.map((list) => list?.hits() ?? none);
  }
}

function addTerm(uses: Map<string, Use[]>, of: { readonly list: number; readonly term: number }, text: string): void {
  const isPrefix = text.endsWith('*');
  const parts = (isPrefix ? text.slice(0, -1) : text).split(' _ ').filter((part) => part !== '');
  for (const [part, literal] of parts.entries()) {
    const use = { ...of, part, parts: parts.length, open: isPrefix && part === parts.length - 1 };
    const known = uses.get(literal);
    if (known === undefined) uses.set(literal, [use]);
    else known.push(use);
  }
}

interface Place {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

function collect(into: Collected, use: Use, { folded, start, end }: Place): void {
  const span = { term: use.term, start, end: use.open ? endOfWord(folded, end) : end };
  if (use.parts === 1) into.add(span);
  else into.addPart(use, span, folded);
}

/** The hits of one list in one text. */
class Collected {
  readonly #hits: WordHit[] = [];
  #cut = false;
  /** For each term with room in it: the newest beginnings, by how many of their parts stand there already. */
  readonly #begun = new Map<number, WordHit[][]>();

  add(hit: WordHit): void {
    if (this.#hits.length < MOST_HITS) this.#hits.push(hit);
    else this.#cut = true;
  }

  /** Parts come in the order of their ends, so what precedes one is known when it comes. */
  addPart(use: Use, hit: WordHit, folded: string): void {
    const begun = this.#begun.get(use.term) ?? [];
    if (use.part > 0) {
      const before = begun[use.part - 1]?.findLast((one) => one.end < hit.start);
      if (before === undefined || !isNear(folded, before.end, hit.start)) return;
      hit = { ...hit, start: before.start };
    }
    if (use.part === use.parts - 1) {
      this.add(hit);
      return;
    }
    const newest = begun[use.part] ?? [];
    newest.push(hit);
    // Those of one literal overlap by less than the literal is long; 8 that overlap are more than a phrase repeats itself.
    if (newest.length > 8) newest.shift();
    begun[use.part] = newest;
    this.#begun.set(use.term, begun);
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
