/** What the engine says of one message. */
import type { DetectorId, LexiconId, Position, RuleId } from '../core/ids.ts';
import type { Consequence, EngineFailure, Severity, Unread } from '../core/policy-words.ts';
import type { JudgedMessage, MessageContext, Piece } from './message.ts';
import type { Span, Trick } from './normalised.ts';
import type { Confidence } from './rule.ts';

/** A part of a finding that stands in an earlier message, in UTF-16 units. */
export interface PartBefore {
  readonly of: Position;
  /** So many before the end of that message's text it begins: of a long text only the end was looked at. */
  readonly fromEnd: number;
  readonly length: number;
}

export interface Finding {
  readonly rule: RuleId;
  readonly by:
    | { readonly detector: DetectorId }
    | { readonly lexicon: LexiconId; readonly term: number }
    | { readonly pattern: number };
  readonly piece: number;
  readonly what: Piece['what'];
  /** In the piece's own text, UTF-16 units. */
  readonly span: Span;
  readonly confidence: Confidence;
  /** Never the value: `ends 1111`, `AKIA…`; empty for words. */
  readonly masked: string;
  /** HMAC of the canonical value, so that unique values can be counted and the same value found again. */
  readonly value?: string;
  readonly tricks: readonly Trick[];
  /** The earlier messages that it stretches over. */
  readonly over: readonly Position[];
  /** Where in them; absent where it stretches over none. */
  readonly parts?: readonly PartBefore[];
}

export interface RuleHit {
  readonly rule: RuleId;
  readonly consequence: Consequence;
  readonly notify: boolean;
  readonly dryRun: boolean;
  readonly severity: Severity;
  /** At most 20 of each rule; `count` is how many there were, at least. */
  readonly findings: readonly Finding[];
  readonly count: number;
}

export interface Verdict {
  /** The rule set that it was judged by. */
  readonly rules: string;
  readonly content: string;
  readonly hits: readonly RuleHit[];
  readonly unread: readonly Unread[];
  /** The strictest of what is not a dry run; `none` without a hit. What can't be done in a direction is made milder by those who act. */
  readonly consequence: Consequence | 'none';
  readonly notify: boolean;
  /** The engine failed: what the rules' fail modes make of it is in `consequence`. */
  readonly failed?: EngineFailure;
}

/** The one pure function: no clock, no I/O, the same in the worker, in `policy test`, in a back-test and in a test. */
export type Judge = (message: JudgedMessage, context: MessageContext) => Verdict;
