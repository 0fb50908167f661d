/** A file of rules (docs/policy-rules.md): its keys are the words of `rule.ts`. */
import { z } from 'zod';
import { say } from '../../config/problem.ts';
import { section } from '../../config/section.ts';
import { consequences } from '../../core/policy-words.ts';
import type { Condition, Rule } from '../rule.ts';
import { condition } from './condition-schema.ts';
import { ruleId, whole, words } from './names.ts';
import { MOST_PATTERNS, MOST_RULES } from './policy-file.ts';
import { except, hotWord, scope } from './scope-schema.ts';

const MOST_COUNT = 200;
const MOST_TOGETHER = 5;

export const oneRule = section({
  id: ruleId.describe('its name for ever: records speak of it'),
  says: words(200).describe('what sender and officer read: looks like a payment card number'),
  severity: z.enum(['low', 'medium', 'high']).default('medium'),
  when: condition.describe('what is looked for'),
  count: whole(1, MOST_COUNT).default(1).describe('findings in one message, at least'),
  unique: whole(1, MOST_COUNT).default(1).describe('different values among them, at least'),
  hotWords: z.array(hotWord).max(20).default([]).describe('words that make a finding surer or less sure'),
  except,
  scope,
  then: z.enum(consequences, { error: ({ input }) => trialWords(input) }).describe('what is done'),
  notify: z.boolean().default(false).describe('tell the desk at once, whatever is done'),
  dryRun: z.boolean().default(false).describe('judged and on record; nothing is done'),
  enabled: z.boolean().default(true),
  failMode: z.enum(['open', 'closed']).default('open').describe('when the engine fails: let go and flagged, or held'),
  together: whole(0, MOST_TOGETHER)
    .default(0)
    .describe("also over so many of the sender's previous messages in the room"),
}).transform((given, ctx): Rule => {
  const { then: consequence, count, unique, ...rest } = given;
  const patterns = patternsIn(rest.when);
  if (patterns > MOST_PATTERNS) {
    const message = say(
      `has ${String(patterns)} patterns (at most ${String(MOST_PATTERNS)})`,
      'make several rules, or write the words into a lexicon',
    );
    ctx.addIssue({ code: 'custom', path: ['when'], message });
  }
  return { ...rest, threshold: { count, unique }, consequence };
});

export const ruleFile = section({
  rules: z
    .array(oneRule)
    .min(1, { error: say('is empty', 'write a rule, or remove the file') })
    .max(MOST_RULES, { error: say(`are more than ${String(MOST_RULES)}`, 'join rules with any: [...]') }),
});

/** Undefined where the words for any list of choices will do. */
function trialWords(input: unknown): string | undefined {
  const isTrial = typeof input === 'string' && /dry|trial|test|log|shadow/iu.test(input);
  if (!isTrial) return undefined;
  return say(
    `"${input.slice(0, 40)}" is no consequence`,
    'write what would be done, for example then: block, and beside it dryRun: true',
  );
}

function patternsIn(when: Condition): number {
  switch (when.is) {
    case 'pattern':
      return 1;
    case 'any':
    case 'all':
      return when.of.reduce((sum, one) => sum + patternsIn(one), 0);
    case 'near':
      return patternsIn(when.first) + patternsIn(when.second);
    default:
      return 0;
  }
}

/** JSON schema of a file of rules, for editors: draft 2020-12. */
export function ruleFileJsonSchema(): z.core.JSONSchema.JSONSchema {
  return { ...z.toJSONSchema(ruleFile, { io: 'input' }), title: 'Gatehouse rules' };
}
