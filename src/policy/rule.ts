/** A rule as data: what a company wants to be told of or stopped. Read from YAML by `rules/`, judged by `engine/`. */
import type { Direction } from '../core/entry.ts';
import type { DetectorId, LexiconId, LineId, NetworkId, RoomId, RuleId, UserId } from '../core/ids.ts';
import type { Consequence, Severity, Unreadable } from '../core/policy-words.ts';

/** 0 to 1. Without a checksum a pattern alone has at most 0.5; with one that holds at least 0.85; a context word adds 0.35. */
export type Confidence = number;

/** What is looked for. All of `all`, any of `any`; a leaf names a detector, a lexicon or patterns of its own. */
export type Condition =
  | { readonly is: 'detector'; readonly detector: DetectorId; readonly least: Confidence }
  | { readonly is: 'lexicon'; readonly lexicon: LexiconId; readonly terms?: readonly string[] }
  /** RE2 over the folded text (lower case, one space between words); `pattern` is at most 500 characters. */
  | { readonly is: 'pattern'; readonly pattern: string }
  | { readonly is: 'unscanned'; readonly why?: readonly Unreadable[] }
  | { readonly is: 'any'; readonly of: readonly Condition[] }
  | { readonly is: 'all'; readonly of: readonly Condition[] }
  | Near;

/** Both within `most` words or characters of each other; with `ordered` the first before the second. */
export interface Near {
  readonly is: 'near';
  readonly first: Condition;
  readonly second: Condition;
  readonly most: number;
  readonly unit: 'words' | 'characters';
  readonly ordered: boolean;
}

export interface Threshold {
  /** Findings in one message, at least. */
  readonly count: number;
  /** Different values among them (by their canonical form), at least. */
  readonly unique: number;
}

/** A word or pattern close to a finding that makes it surer or less sure (negative), in characters before and after. */
export interface HotWord {
  readonly words: readonly string[];
  readonly before: number;
  readonly after: number;
  readonly by: number;
}

/** What does not count. Quotes, disclaimers and addresses of web pages are ranges of the text; the rest are values. */
export interface Exclusions {
  readonly quotes: boolean;
  readonly disclaimers: readonly string[];
  readonly urls: boolean;
  readonly senders: readonly UserId[];
  readonly terms: readonly string[];
}

/** Where it holds; a list that is absent means everywhere. */
export interface Scope {
  readonly directions?: readonly Direction[];
  readonly networks?: readonly NetworkId[];
  readonly lines?: readonly LineId[];
  readonly rooms?: readonly RoomId[];
  readonly tags?: readonly string[];
  /** Names of the config's groups: the sender is in one. */
  readonly senderIn?: readonly string[];
  /** Local time in `zone`, minutes of the day, days 1 (Monday) to 7; `from` > `to` runs over midnight. */
  readonly hours?: {
    readonly zone: string;
    readonly days: readonly number[];
    readonly from: number;
    readonly to: number;
  };
}

export interface Rule {
  readonly id: RuleId;
  /** What the sender and the officer read: "looks like a payment card number". */
  readonly says: string;
  readonly severity: Severity;
  readonly when: Condition;
  readonly threshold: Threshold;
  readonly hotWords: readonly HotWord[];
  readonly except: Exclusions;
  readonly scope: Scope;
  readonly consequence: Consequence;
  readonly notify: boolean;
  /** Judged, counted and on record; nothing is done. */
  readonly dryRun: boolean;
  readonly enabled: boolean;
  /** When the engine itself fails: let go and flagged, or held for a person. */
  readonly failMode: 'open' | 'closed';
  /** For findings that stretch over this sender's previous messages in the room. 0: this message alone; at most 5. */
  readonly together: number;
}

export interface Lexicon {
  readonly id: LexiconId;
  /** BCP 47: en, de, fr, es. */
  readonly language: string;
  readonly terms: readonly { readonly term: string; readonly why: string }[];
}

/** Everything in force at one time. `digest` is SHA-256, hex, over the JCS of the rest: the same rules, the same digest. */
export interface RuleSet {
  readonly digest: string;
  readonly rules: readonly Rule[];
  readonly lexicons: readonly Lexicon[];
}
