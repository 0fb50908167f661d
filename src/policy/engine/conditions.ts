/** Whether a rule's condition holds for a message, and by which findings. */
import type { Unread } from '../../core/policy-words.ts';
import type { CompiledRule, Leaf, NearNode, Node } from './compiled-rule.ts';
import { nameOf, type Match } from './match.ts';
import { noPairs, pairsOf, type Pairs } from './near.ts';
import type { ScannedText } from './scanned-text.ts';
import { countedIn } from './weigh.ts';

export interface Found {
  readonly text: ScannedText;
  readonly match: Match;
}

export interface Outcome {
  readonly holds: boolean;
  /** What a threshold counts. */
  readonly counted: readonly Found[];
  /** What stands beside one of those: the second of two that are near each other. Shown, not counted. */
  readonly beside: readonly Found[];
  /** What can't be read and is asked for. */
  readonly unread: readonly Unread[];
}

export interface Judged {
  readonly rule: CompiledRule;
  /** The message's own first, in the order of its pieces. */
  readonly texts: readonly ScannedText[];
  readonly unread: readonly Unread[];
}

const nothing: Outcome = { holds: false, counted: [], beside: [], unread: [] };

/** `all` may be spread over the texts of a message; two that are `near` stand in one text. */
export function outcomeOf(node: Node, judged: Judged): Outcome {
  switch (node.is) {
    case 'any':
      return union(node.of.map((part) => outcomeOf(part, judged)));
    case 'all': {
      const parts: Outcome[] = [];
      for (const part of node.of) {
        const outcome = outcomeOf(part, judged);
        if (!outcome.holds) return nothing;
        parts.push(outcome);
      }
      return union(parts);
    }
    case 'unscanned': {
      const { why } = node;
      const unread = judged.unread.filter((one) => why === undefined || why.includes(one.why));
      return { holds: unread.length > 0, counted: [], beside: [], unread };
    }
    default:
      return ofTexts(node, judged);
  }
}

function ofTexts(node: Leaf | NearNode, { rule, texts }: Judged): Outcome {
  let gathered: Gathered | undefined;
  for (const text of texts) {
    const pairs = node.is === 'near' ? nearIn(node, text, rule) : leafIn(node, text, rule);
    if (pairs.first.length > 0) (gathered ??= new Gathered()).add(text, pairs);
  }
  // What only the formatted body says again has gathered nothing.
  if (gathered === undefined || gathered.counted.length === 0) return nothing;
  return { holds: true, counted: gathered.counted, beside: gathered.beside, unread: [] };
}

class Gathered {
  readonly counted: Found[] = [];
  readonly beside: Found[] = [];
  #inBody: ReadonlySet<string> | undefined;

  add(text: ScannedText, { first, second }: Pairs): void {
    const { what } = text.source;
    if (what === 'body') this.#inBody = undefined;
    for (const match of first) {
      // The formatted body says again what the body says: only what it says beyond that is another finding.
      if (what === 'html' && this.#saidInBody().has(saying(match))) continue;
      this.counted.push({ text, match });
    }
    for (const match of second) this.beside.push({ text, match });
  }

  /** Made for the first text that may say something again: most messages have none. */
  #saidInBody(): ReadonlySet<string> {
    const isOfBody = ({ text: { source } }: Found): boolean => source.what === 'body' && source.stretch === undefined;
    return (this.#inBody ??= new Set(this.counted.filter(isOfBody).map(({ match }) => saying(match))));
  }
}

function saying({ by, value }: Match): string {
  return `${nameOf(by)} ${value}`;
}

function leafIn(leaf: Leaf, text: ScannedText, rule: CompiledRule): Pairs {
  const matches = countedIn(text, leaf, rule);
  return matches.length === 0 ? noPairs : { first: ofNewest(matches, text), second: [] };
}

function union(parts: readonly Outcome[]): Outcome {
  const holding = parts.filter(({ holds }) => holds);
  if (holding.length <= 1) return holding[0] ?? nothing;
  return {
    holds: true,
    counted: holding.flatMap(({ counted }) => counted),
    beside: holding.flatMap(({ beside }) => beside),
    unread: [...new Set(holding.flatMap(({ unread }) => unread))],
  };
}

/** In a text drawn together from several messages: what begins before the newest and reaches into it. */
function ofNewest(matches: readonly Match[], { source: { stretch } }: ScannedText): readonly Match[] {
  if (stretch === undefined) return matches;
  return matches.filter(({ original }) => {
    const { newest, before } = stretch.partsOf(original);
    return newest !== undefined && before.length > 0;
  });
}

/** In a text drawn together from several messages: pairs of which one reaches into the newest and one begins before it. */
function nearIn(node: NearNode, text: ScannedText, rule: CompiledRule): Pairs {
  const first = matchesIn(node.first, text, rule);
  const second = first.length === 0 ? [] : matchesIn(node.second, text, rule);
  if (second.length === 0) return noPairs;
  const distance = { ...node, wordStarts: text.wordStarts };
  const { stretch } = text.source;
  if (stretch === undefined) return pairsOf(first, second, distance);
  const earlier = ({ original }: Match): boolean => stretch.partsOf(original).before.length > 0;
  const newest = ({ original }: Match): boolean => stretch.partsOf(original).newest !== undefined;
  const one = pairsOf(first.filter(newest), second.filter(earlier), distance);
  const other = pairsOf(first.filter(earlier), second.filter(newest), distance);
  return {
    first: [...new Set([...one.first, ...other.first])],
    second: [...new Set([...one.second, ...other.second])],
  };
}

/** The matches of a condition in one text, for another condition to measure from. What can't be read stands nowhere. */
function matchesIn(node: Node, text: ScannedText, rule: CompiledRule): readonly Match[] {
  switch (node.is) {
    case 'any':
      return node.of.flatMap((part) => matchesIn(part, text, rule));
    case 'all': {
      const parts = node.of.map((part) => matchesIn(part, text, rule));
      return parts.every((found) => found.length > 0) ? parts.flat() : [];
    }
    case 'near': {
      const first = matchesIn(node.first, text, rule);
      if (first.length === 0) return first;
      const pairs = pairsOf(first, matchesIn(node.second, text, rule), { ...node, wordStarts: text.wordStarts });
      return [...pairs.first, ...pairs.second];
    }
    case 'unscanned':
      return [];
    default:
      return countedIn(text, node, rule);
  }
}
