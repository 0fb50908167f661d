/** What is done with a message that the engine can't judge: what its rules say, each for itself. */
import type { Consequence, EngineFailure } from '../../core/policy-words.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { Rule, RuleSet } from '../rule.ts';
import type { Verdict } from '../verdict.ts';
import { isInScope } from './scope.ts';
import { strictest } from './strictest.ts';

/**
 * The strictest of what the rules that hold for the message want: one that fails closed holds it for a person (outbound)
 * or refuses it, one that fails open flags it. `none` where no rule holds for it.
 */
export function failedVerdict(
  set: RuleSet,
  message: JudgedMessage,
  context: MessageContext,
  failed: EngineFailure,
): Verdict {
  const rules = set.rules.filter((rule) => rule.enabled && !rule.dryRun && isInScope(rule.scope, context));
  return {
    rules: set.digest,
    content: message.content,
    hits: [],
    unread: [...message.unread, { why: 'engine' }],
    consequence: strictest(rules.map((rule) => onFailure(rule, context))),
    notify: rules.some(({ notify, failMode }) => notify || failMode === 'closed'),
    failed,
  };
}

function onFailure({ failMode }: Rule, { direction }: MessageContext): Consequence {
  if (failMode === 'open') return 'flag';
  return direction === 'outbound' ? 'quarantine' : 'block';
}
