/** Resolves the names of a rule set and compiles its words and patterns. Problems name the rule and what to write instead. */
import { nearest } from '../../core/nearest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Detector } from '../detector.ts';
import { compilePatterns, type BadPattern } from '../matching/pattern-set.ts';
import { buildWordFinder } from '../matching/word-finder.ts';
import { fold } from '../normalise/fold.ts';
import type { Condition, Lexicon, Rule, RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { bare, type CompiledRule, type CompiledSet, type Finders, type Leaf, type Node } from './compiled-rule.ts';
import { MOST_CONDITIONS, MOST_DEPTH } from './limits.ts';
import { isZone } from './scope.ts';

/** Rules that are not enabled are checked as well: switching one on must not be the moment when it turns out to be broken. */
export function compileRules(
  set: RuleSet,
  detectors: readonly Detector[],
): Result<CompiledSet, readonly RuleProblem[]> {
  const lists = new Lists(set.lexicons, detectors);
  const rules = set.rules.map((rule) => new RuleCompiler(rule, lists).compile());
  const numbers = lists.numbers();
  const lexicons = buildWordFinder(lists.lexicons);
  const around = buildWordFinder(lists.around);
  const patterns = compilePatterns(lists.patterns.map(({ pattern }) => pattern));
  const problems = [...lists.problems];
  if (!patterns.ok) problems.push(...patterns.error.map((bad) => ofPattern(bad, lists.patterns)));
  if (!lexicons.ok || !around.ok) problems.push(tooManyWords);
  if (problems.length > 0 || !lexicons.ok || !around.ok || !patterns.ok) return err(problems);
  const finders = { lexicons: lexicons.value, around: around.value, patterns: patterns.value, numbers };
  const enabled = rules.filter(({ rule }) => rule.enabled);
  return ok({ rules: enabled, finders, together: [...new Set(enabled.map(({ rule }) => rule.together))] });
}

const tooManyWords: RuleProblem = {
  file: '',
  path: 'lexicons',
  message: 'all lexicons together have more words than can be looked for at once',
  fix: 'take out words: 400,000 different beginnings of words is the most, about 25,000 phrases',
};

/** What the finders will look for, collected over all rules. */
class Lists {
  readonly lexicons: readonly (readonly string[])[];
  readonly around: (readonly string[])[] = [];
  readonly patterns: { readonly pattern: string; readonly path: string }[] = [];
  readonly problems: RuleProblem[] = [];
  readonly byLexicon: ReadonlyMap<string, { readonly list: number; readonly lexicon: Lexicon }>;
  readonly byDetector: ReadonlyMap<string, Detector>;
  readonly #around = new Map<string, number>();
  readonly #contexts = new Map<Detector, number>();
  readonly #patterns = new Map<string, number>();

  constructor(lexicons: readonly Lexicon[], detectors: readonly Detector[]) {
    this.lexicons = lexicons.map(({ terms }) => terms.map(({ term }) => folded(term)));
    this.byLexicon = new Map(lexicons.map((lexicon, list) => [lexicon.id, { list, lexicon }]));
    this.byDetector = new Map(detectors.map((detector) => [detector.id, detector]));
  }

  /** Rules leave out the same terms and know the same hot words: what is the same is one list. */
  words(words: readonly string[]): number {
    const list = words.map(folded);
    const key = JSON.stringify(list);
    const known = this.#around.get(key);
    if (known !== undefined) return known;
    const index = this.around.push(list) - 1;
    this.#around.set(key, index);
    return index;
  }

  contextOf(detector: Detector): number {
    const known = this.#contexts.get(detector);
    if (known !== undefined) return known;
    const list = this.words(detector.contextWords);
    this.#contexts.set(detector, list);
    return list;
  }

  /** Every kind that contends, once a rule asks for one of them. */
  numbers(): Finders['numbers'] {
    if (![...this.#contexts.keys()].some(({ contends }) => contends)) return [];
    return [...this.byDetector.values()]
      .filter(({ contends }) => contends)
      .map((detector) => ({ detector, context: this.contextOf(detector) }));
  }

  pattern(pattern: string, path: string): number {
    const known = this.#patterns.get(pattern);
    if (known !== undefined) return known;
    const index = this.patterns.push({ pattern, path }) - 1;
    this.#patterns.set(pattern, index);
    return index;
  }

  problem(path: string, message: string, fix: string): void {
    this.problems.push({ file: '', path, message, fix });
  }
}

class RuleCompiler {
  readonly #rule: Rule;
  readonly #lists: Lists;
  #patterns = 0;
  #conditions = 0;

  constructor(rule: Rule, lists: Lists) {
    this.#rule = rule;
    this.#lists = lists;
  }

  compile(): CompiledRule {
    const rule = this.#rule;
    const when = this.#node(rule.when, 'when', 1);
    const zone = rule.scope.hours?.zone;
    if (zone !== undefined && !isZone(zone)) {
      this.#problem('scope.hours', `there is no time zone ${zone}`, 'write one like Europe/Berlin');
    }
    const terms = rule.except.terms.map(folded);
    const values = new Set(terms.map(bare).filter((term) => term !== ''));
    return {
      rule,
      when,
      hotWords: rule.hotWords.map(({ words, before, after, by }) => ({
        list: this.#lists.words(words),
        before,
        after,
        by,
      })),
      except: {
        senders: new Set(rule.except.senders),
        values,
        beginnings: new Set(Array.from(values, (value) => value.charCodeAt(0))),
        shortest: Math.min(...Array.from(values, ({ length }) => length)),
        terms: this.#lists.words(rule.except.terms),
        hasTerms: terms.length > 0,
      },
    };
  }

  #node(condition: Condition, path: string, depth: number): Node {
    this.#conditions += 1;
    if (depth > MOST_DEPTH || this.#conditions > MOST_CONDITIONS) {
      if (this.#conditions <= MOST_CONDITIONS + 1) this.#tooMany(path);
      return nothing;
    }
    switch (condition.is) {
      case 'any':
      case 'all': {
        const of = condition.of.map((part, index) => this.#node(part, `${path}.${condition.is}.${index}`, depth + 1));
        return { is: condition.is, of };
      }
      case 'near': {
        const { is, most, unit, ordered } = condition;
        const first = this.#node(condition.first, `${path}.near.first`, depth + 1);
        return {
          is,
          most,
          unit,
          ordered,
          first,
          second: this.#node(condition.second, `${path}.near.second`, depth + 1),
        };
      }
      case 'unscanned':
        return condition;
      default:
        return this.#leaf(condition, path);
    }
  }

  #leaf(condition: Extract<Condition, { is: Leaf['is'] }>, path: string): Node {
    switch (condition.is) {
      case 'pattern': {
        const ofRule = this.#patterns;
        this.#patterns += 1;
        return { is: 'pattern', pattern: this.#lists.pattern(condition.pattern, this.#at(`${path}.pattern`)), ofRule };
      }
      case 'detector': {
        const detector = this.#lists.byDetector.get(condition.detector);
        if (detector !== undefined) {
          return { is: 'detector', detector, least: condition.least, context: this.#lists.contextOf(detector) };
        }
        const known = [...this.#lists.byDetector.keys()];
        this.#problem(
          `${path}.detector`,
          `there is no detector ${condition.detector}`,
          nameOf(condition.detector, known),
        );
        return nothing;
      }
      case 'lexicon':
        return this.#lexicon(condition, path);
    }
  }

  #lexicon(condition: Extract<Condition, { is: 'lexicon' }>, path: string): Node {
    const found = this.#lists.byLexicon.get(condition.lexicon);
    if (found === undefined) {
      const known = [...this.#lists.byLexicon.keys()];
      this.#problem(`${path}.lexicon`, `there is no lexicon ${condition.lexicon}`, nameOf(condition.lexicon, known));
      return nothing;
    }
    const leaf = { is: 'lexicon', lexicon: condition.lexicon, list: found.list } as const;
    if (condition.terms === undefined) return leaf;
    const known = new Map(found.lexicon.terms.map(({ term }, index) => [term, index]));
    const missing = condition.terms.find((term) => !known.has(term));
    if (missing !== undefined) {
      const message = `the lexicon ${condition.lexicon} has no term "${missing}"`;
      this.#problem(`${path}.terms`, message, nameOf(missing, [...known.keys()]));
    }
    return { ...leaf, terms: new Set(condition.terms.flatMap((term) => known.get(term) ?? [])) };
  }

  #tooMany(path: string): void {
    const message = `more than ${MOST_CONDITIONS} conditions, or more than ${MOST_DEPTH} inside each other`;
    this.#problem(path, message, 'make several rules of it');
    this.#conditions = MOST_CONDITIONS + 1;
  }

  #problem(path: string, message: string, fix: string): void {
    this.#lists.problem(this.#at(path), message, fix);
  }

  #at(path: string): string {
    return `rules.${this.#rule.id}.${path}`;
  }
}

const nothing: Node = { is: 'any', of: [] };

function folded(text: string): string {
  return fold(text).folded.trim();
}

function nameOf(name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  if (close !== undefined) return `write ${close}`;
  return known.length === 0 ? 'none is known' : `write one of: ${known.slice(0, 20).join(', ')}`;
}

function ofPattern({ index, why }: BadPattern, patterns: Lists['patterns']): RuleProblem {
  const { pattern, path } = patterns[index] ?? { pattern: '', path: '' };
  const shown = pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
  if (why === 'empty') {
    const message = `the pattern ${shown} is found in every text, for it matches nothing as well`;
    return { file: '', path, message, fix: 'say what must be there: + instead of *, {1,} instead of {0,}' };
  }
  const fix =
    'write it in the syntax of RE2: https://github.com/google/re2/wiki/Syntax (no lookahead, no back reference)';
  return { file: '', path, message: `the pattern ${shown} can't be read: ${why}`, fix };
}
