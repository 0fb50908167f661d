/** The engine: a rule set in, a pure function out, which says of a message what the rules find in it. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { ok, type Result } from '../../core/result.ts';
import type { Unread } from '../../core/policy-words.ts';
import type { Detector } from '../detector.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Judge, RuleHit, Verdict } from '../verdict.ts';
import type { CompiledRule, CompiledSet } from './compiled-rule.ts';
import { compileRules } from './compile-rules.ts';
import { outcomeOf } from './conditions.ts';
import { failedVerdict } from './fail-modes.ts';
import { findingsOf } from './findings.ts';
import { MOST_OF_MESSAGE } from './limits.ts';
import type { ScannedText } from './scanned-text.ts';
import { isInScope } from './scope.ts';
import { StandIns } from './stand-ins.ts';
import { strictest } from './strictest.ts';
import { textsOf } from './texts-of.ts';
import { countOver } from './threshold.ts';
import { TogetherTexts } from './together-texts.ts';
import { Triggers } from './triggers.ts';
import { warm } from './warm.ts';

export interface JudgeParts {
  readonly detectors: readonly Detector[];
  /** Of the HMAC that stands for a value: 32 random bytes. The same value has the same stand-in under the same key. */
  readonly key: Uint8Array;
}

/**
 * Compiles and warms up; takes some 100 ms for a large set. The judge is a function of its arguments alone and never throws:
 * a detector that does makes the verdict `failed: crashed`, and the rules' fail modes say what follows. Its consequence is
 * what the rules want; what of that can be done in a direction is for those who act on it.
 */
export function createJudge(set: RuleSet, { detectors, key }: JudgeParts): Result<Judge, readonly RuleProblem[]> {
  const compiled = compileRules(set, detectors);
  if (!compiled.ok) return compiled;
  const secret = createSecretKey(key);
  const rules = { ...compiled.value, digest: set.digest, triggers: new Triggers(compiled.value.rules) };
  const judge: Judge = (message, context) => {
    try {
      return verdictOf(rules, new Judging(rules, message, context), secret);
    } catch {
      return failedVerdict(set, message, context, 'crashed');
    }
  };
  warm(judge, set.lexicons, compiled.value.finders.patterns.openings);
  return ok(judge);
}

/** A compiled set, ready to judge. */
interface Ready extends CompiledSet {
  readonly digest: string;
  readonly triggers: Triggers;
}

function verdictOf(set: Ready, judging: Judging, key: KeyObject): Verdict {
  const hits = judging.asked === undefined ? [] : hitsOf(judging, key);
  const acting = hits.filter(({ dryRun }) => !dryRun);
  return {
    rules: set.digest,
    content: judging.message.content,
    hits,
    unread: judging.unread,
    consequence: strictest(acting.map(({ consequence }) => consequence)),
    notify: acting.some(({ notify }) => notify),
  };
}

function hitsOf(judging: Judging, key: KeyObject): readonly RuleHit[] {
  const hits: RuleHit[] = [];
  const standIns = new StandIns(key);
  let left = MOST_OF_MESSAGE;
  for (const rule of judging.rules()) {
    const hit = judging.hitOf(rule, standIns, left);
    if (hit === undefined) continue;
    left -= hit.findings.length;
    hits.push(hit);
  }
  return hits;
}

/** One message while it is judged. */
class Judging {
  readonly message: JudgedMessage;
  readonly unread: readonly Unread[];
  /** Of each rule whether there is anything in the message that it asks for; absent where there is nothing for any. */
  readonly asked: Uint8Array | undefined;
  readonly #set: CompiledSet;
  readonly #context: MessageContext;
  readonly #texts: readonly ScannedText[];
  readonly #together: TogetherTexts;

  constructor(set: Ready, message: JudgedMessage, context: MessageContext) {
    this.message = message;
    this.#set = set;
    this.#context = context;
    const { texts, unread } = textsOf(message, set.finders, context.country);
    this.#texts = texts;
    this.unread = unread;
    this.#together = new TogetherTexts(texts, context, set.finders);
    const drawnTogether = set.together.flatMap((together) => this.#together.of(together));
    this.asked = set.triggers.of(drawnTogether.length === 0 ? texts : [...texts, ...drawnTogether], unread);
  }

  /** Those that hold for the message and may find something in it. */
  rules(): readonly CompiledRule[] {
    const { asked } = this;
    const context = this.#context;
    return this.#set.rules.filter(
      ({ rule, except }, index) =>
        asked?.[index] === 1 && isInScope(rule.scope, context) && !except.senders.has(context.sender),
    );
  }

  #textsFor(together: number): readonly ScannedText[] {
    if (together === 0) return this.#texts;
    const drawnTogether = this.#together.of(together);
    return drawnTogether.length === 0 ? this.#texts : [...this.#texts, ...drawnTogether];
  }

  hitOf(compiled: CompiledRule, standIns: StandIns, most: number): RuleHit | undefined {
    const { rule, when } = compiled;
    const texts = this.#textsFor(rule.together);
    const outcome = outcomeOf(when, { rule: compiled, texts, unread: this.unread });
    const count = countOver(outcome, rule.threshold);
    if (count === undefined) return undefined;
    const { id, consequence, notify, dryRun, severity } = rule;
    return {
      rule: id,
      consequence,
      notify,
      dryRun,
      severity,
      findings: findingsOf(id, outcome, standIns, most),
      count,
    };
  }
}
