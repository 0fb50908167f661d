/** A rule whose names are resolved: to lists of the word finders, to patterns of the set, to detectors. */
import type { LexiconId } from '../../core/ids.ts';
import type { Unreadable } from '../../core/policy-words.ts';
import type { Detector } from '../detector.ts';
import type { PatternSet } from '../matching/pattern-set.ts';
import type { WordFinder } from '../matching/word-finder.ts';
import type { Confidence, Near, Rule } from '../rule.ts';

export type Leaf =
  | { readonly is: 'detector'; readonly detector: Detector; readonly least: Confidence; readonly context: number }
  | {
      readonly is: 'lexicon';
      readonly lexicon: LexiconId;
      readonly list: number;
      /** By their numbers in the lexicon; absent: all. */
      readonly terms?: ReadonlySet<number>;
    }
  /** `pattern` in the set, `ofRule` among the rule's own. */
  | { readonly is: 'pattern'; readonly pattern: number; readonly ofRule: number };

export type NearNode = Pick<Near, 'most' | 'unit' | 'ordered'> & {
  readonly is: 'near';
  readonly first: Node;
  readonly second: Node;
};

export type Node =
  | Leaf
  | NearNode
  | { readonly is: 'any' | 'all'; readonly of: readonly Node[] }
  | { readonly is: 'unscanned'; readonly why?: readonly Unreadable[] };

export interface CompiledRule {
  readonly rule: Rule;
  readonly when: Node;
  /** `list` among the words around. */
  readonly hotWords: readonly {
    readonly list: number;
    readonly before: number;
    readonly after: number;
    readonly by: number;
  }[];
  readonly except: {
    readonly senders: ReadonlySet<string>;
    /** Letters and digits alone. */
    readonly values: ReadonlySet<string>;
    /** The units that they begin with. */
    readonly beginnings: ReadonlySet<number>;
    /** The length of the shortest of them. */
    readonly shortest: number;
    /** Terms as words around: what stands inside one does not count. */
    readonly terms: number;
    readonly hasTerms: boolean;
  };
}

/** What finds things for all the rules of a set in one pass each. */
export interface Finders {
  readonly lexicons: WordFinder;
  /** Context words of detectors, hot words and excluded terms: looked for only where something was found. */
  readonly around: WordFinder;
  readonly patterns: PatternSet;
  /** The kinds of numbers that contend for a place, asked for by a rule or not; none where no rule asks for any. */
  readonly numbers: readonly { readonly detector: Detector; readonly context: number }[];
}

export interface CompiledSet {
  /** The enabled ones. */
  readonly rules: readonly CompiledRule[];
  readonly finders: Finders;
  /** The different numbers of earlier messages that rules look over. */
  readonly together: readonly number[];
}

/** Letters and digits alone: how a value is compared with one that somebody wrote in a rule. */
export function bare(folded: string): string {
  return folded.replace(notAscii.test(folded) ? others : othersInAscii, '');
}

const notAscii = /[^\0-\x7f]/u;
const others = /[^\p{L}\p{N}]/gu;
/** The same, without the tables of Unicode. */
const othersInAscii = /[^a-zA-Z0-9]/g;
