/**
 * Which rules are worth asking: most messages have nothing that any rule asks for, and a rule costs more to ask than all of
 * them cost to be told apart here. What is not asked would have found nothing.
 */
import type { Unread } from '../../core/policy-words.ts';
import type { Detector } from '../detector.ts';
import type { CompiledRule, Leaf, Node } from './compiled-rule.ts';
import type { ScannedText } from './scanned-text.ts';

/** What begins a rule: without any of these it holds for no message. */
type Starter = Leaf | Extract<Node, { is: 'unscanned' }>;

/** Numbers of rules, in their order. */
type Rules = readonly number[];

export class Triggers {
  readonly #count: number;
  readonly #byLexicon = new Map<number, number[]>();
  readonly #byPattern = new Map<number, number[]>();
  readonly #byUnread: number[] = [];
  /** Those that need the fewest digits first. */
  readonly #byDetector: readonly { readonly detector: Detector; readonly rules: Rules }[];

  constructor(rules: readonly CompiledRule[]) {
    this.#count = rules.length;
    const byDetector = new Map<Detector, number[]>();
    for (const [rule, { when }] of rules.entries()) {
      for (const starter of startersOf(when)) {
        if (starter.is === 'unscanned') this.#byUnread.push(rule);
        else if (starter.is === 'lexicon') add(this.#byLexicon, starter.list, rule);
        else if (starter.is === 'pattern') add(this.#byPattern, starter.pattern, rule);
        else add(byDetector, starter.detector, rule);
      }
    }
    this.#byDetector = [...byDetector]
      .map(([detector, ofDetector]) => ({ detector, rules: ofDetector }))
      .sort((a, b) => digitsFor(a.detector) - digitsFor(b.detector));
  }

  /** Of each rule whether it is worth asking; undefined where none is. */
  of(texts: readonly ScannedText[], unread: readonly Unread[]): Uint8Array | undefined {
    const asked = new Asked(this.#count);
    if (unread.length > 0) asked.all(this.#byUnread);
    for (const text of texts) this.#ask(text, asked);
    return asked.rules;
  }

  #ask(text: ScannedText, asked: Asked): void {
    for (const list of text.listsFound()) asked.all(this.#byLexicon.get(list));
    for (const pattern of text.patternsFound()) asked.all(this.#byPattern.get(pattern));
    const longest = text.longestRun;
    for (const { detector, rules } of this.#byDetector) {
      if (digitsFor(detector) > longest) break;
      if (detector.mayBeIn(text.readings)) asked.all(rules);
    }
  }
}

class Asked {
  readonly #count: number;
  rules: Uint8Array | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  all(rules: Rules | undefined): void {
    if (rules === undefined || rules.length === 0) return;
    const asked = (this.rules ??= new Uint8Array(this.#count));
    for (const rule of rules) asked[rule] = 1;
  }
}

function digitsFor({ digits = 0 }: Detector): number {
  return digits;
}

/** Of `all` and of two that are near, one is enough to know: without it they do not hold. */
function startersOf(node: Node): readonly Starter[] {
  switch (node.is) {
    case 'any':
      return node.of.flatMap(startersOf);
    case 'all':
      return node.of[0] === undefined ? [] : startersOf(node.of[0]);
    case 'near':
      return startersOf(node.first);
    default:
      return [node];
  }
}

function add<K>(known: Map<K, number[]>, key: K, rule: number): void {
  const rules = known.get(key);
  if (rules === undefined) known.set(key, [rule]);
  else if (rules.at(-1) !== rule) rules.push(rule);
}
