/**
 * Finds any number of literals in one pass over a text (Aho and Corasick, 1975), whatever the text: each character costs
 * one look into a dense table. Characters that no literal has share one class, which leads back to the root.
 */
import { err, ok, type Result } from '../../core/result.ts';

/** Two for each character of the words: about 15 MB of table for each 100,000 states of words in Latin letters. */
export const MOST_STATES = 400_000;

export interface Automaton {
  /**
   * Calls back with each occurrence of each literal, overlapping ones too, in the order of their ends; of those that end
   * together the longest first.
   */
  scan(text: string, found: (literal: number, end: number) => void): void;
}

const ASCII = 128;

class Classes {
  /** 0: in no literal. */
  readonly ascii = new Uint16Array(ASCII);
  readonly #beyond = new Map<number, number>();
  width = 1;

  constructor(literals: readonly string[]) {
    for (const literal of literals) {
      for (let at = 0; at < literal.length; at += 1) this.#add(literal.charCodeAt(at));
    }
  }

  of(unit: number): number {
    return unit < ASCII ? (this.ascii[unit] ?? 0) : (this.#beyond.get(unit) ?? 0);
  }

  #add(unit: number): void {
    if (this.of(unit) !== 0) return;
    if (unit < ASCII) this.ascii[unit] = this.width;
    else this.#beyond.set(unit, this.width);
    this.width += 1;
  }
}

/** The literals as a tree: `next` leads on, 0 is nowhere yet; `ends` names the literal that ends in a state, plus one. */
interface Tree {
  readonly next: Int32Array;
  readonly ends: Int32Array;
  readonly states: number;
}

/** `literals` are all different and none is empty. */
export function buildAutomaton(literals: readonly string[]): Result<Automaton, 'too-many'> {
  const classes = new Classes(literals);
  const tree = plant(literals, classes);
  if (tree === undefined) return err('too-many');
  const { first, shorter } = link(tree, classes.width);
  const { next, ends } = tree;
  const { width, ascii } = classes;
  return ok({
    scan(text, found) {
      let state = 0;
      for (let at = 0; at < text.length; at += 1) {
        const unit = text.charCodeAt(at);
        state = next[state * width + (unit < ASCII ? (ascii[unit] ?? 0) : classes.of(unit))] ?? 0;
        for (let from = first[state] ?? 0; from !== 0; from = shorter[from] ?? 0) found((ends[from] ?? 0) - 1, at + 1);
      }
    },
  });
}

function plant(literals: readonly string[], classes: Classes): Tree | undefined {
  const most = literals.reduce((sum, literal) => sum + literal.length, 1);
  if (most > MOST_STATES * 4) return undefined;
  const tree = new Growing(classes);
  const ends = new Int32Array(most);
  for (const [index, literal] of literals.entries()) {
    let state = 0;
    for (let at = 0; at < literal.length; at += 1) state = tree.step(state, literal.charCodeAt(at));
    if (tree.states > MOST_STATES) return undefined;
    ends[state] = index + 1;
  }
  return { next: tree.table(), ends: ends.subarray(0, tree.states), states: tree.states };
}

class Growing {
  readonly #classes: Classes;
  #next: Int32Array;
  states = 1;

  constructor(classes: Classes) {
    this.#classes = classes;
    this.#next = new Int32Array(1024 * classes.width);
  }

  /** The state that `unit` leads to from `state`, a new one where there was none. */
  step(state: number, unit: number): number {
    const place = state * this.#classes.width + this.#classes.of(unit);
    const known = this.#next[place] ?? 0;
    if (known !== 0) return known;
    const made = this.states;
    this.#next[place] = made;
    this.states += 1;
    if (this.states * this.#classes.width > this.#next.length) {
      const larger = new Int32Array(this.#next.length * 2);
      larger.set(this.#next);
      this.#next = larger;
    }
    return made;
  }

  table(): Int32Array {
    return this.#next.slice(0, this.states * this.#classes.width);
  }
}

/** For each state the first in which a literal ends: itself, or the nearest shorter one; and for each the next shorter one. */
interface Links {
  readonly first: Int32Array;
  readonly shorter: Int32Array;
}

/**
 * Completes `next` so that each character leads somewhere. Breadth first: what a state falls back to is complete before it.
 */
function link(tree: Tree, width: number): Links {
  const first = new Int32Array(tree.states);
  const back = new Int32Array(tree.states);
  const shorter = new Int32Array(tree.states);
  const queue = new Int32Array(tree.states);
  let filled = 1;
  for (let read = 0; read < filled; read += 1) {
    const state = queue[read] ?? 0;
    const behind = back[state] ?? 0;
    shorter[state] = first[behind] ?? 0;
    first[state] = tree.ends[state] === 0 ? (shorter[state] ?? 0) : state;
    for (const child of complete(tree.next, width, { state, behind })) {
      back[child.state] = child.behind;
      queue[filled] = child.state;
      filled += 1;
    }
  }
  return { first, shorter };
}

/** A state, and the one that it falls back to: the longest that ends as it does. */
interface Linked {
  readonly state: number;
  readonly behind: number;
}

/** Leads what `state` knows nothing of to where the state behind it leads; returns its children. */
function complete(next: Int32Array, width: number, { state, behind }: Linked): readonly Linked[] {
  const children: Linked[] = [];
  for (let of = 0; of < width; of += 1) {
    const place = state * width + of;
    const fallback = state === 0 ? 0 : (next[behind * width + of] ?? 0);
    const child = next[place] ?? 0;
    if (child === 0) next[place] = fallback;
    else children.push({ state: child, behind: fallback });
  }
  return children;
}
