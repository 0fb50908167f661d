/** `when` of a rule: a map with exactly one sort of thing to look for. */
import { z } from 'zod';
import { say } from '../../config/problem.ts';
import { section } from '../../config/section.ts';
import { unreadables } from '../../core/policy-words.ts';
import type { Condition, Near } from '../rule.ts';
import { detectorName, fraction, lexiconId, whole, words } from './names.ts';
import { patternText } from './pattern-text.ts';

/** A form alone has at most 0.5, a word beside it adds 0.35, a checksum alone gives 0.85. */
const LEAST_CONFIDENCE = 0.75;
const MOST_PARTS = 50;
const sorts = ['detector', 'lexicon', 'pattern', 'unscanned', 'any', 'all', 'near'] as const;

/** Itself by reference: conditions hold conditions. */
export const condition: z.ZodType<Condition> = z.lazy(() => written);

const parts = z
  .array(condition)
  .min(1, { error: say('is empty', 'write at least one condition: [{ detector: card }]') })
  .max(MOST_PARTS);

const near = section({
  first: condition,
  second: condition,
  words: whole(1, 100).optional().describe('at most so many words further on; 1 is the very next'),
  characters: whole(0, 1_000).optional().describe('or at most so many characters between them'),
  ordered: z.boolean().default(false).describe('the first before the second'),
}).transform((given, ctx): Near => {
  const { first, second, ordered, words: byWords, characters } = given;
  if ((byWords === undefined) === (characters === undefined)) {
    ctx.addIssue({ code: 'custom', message: say('needs either words or characters', 'write it like: words: 5') });
    return z.NEVER;
  }
  const unit = byWords === undefined ? 'characters' : 'words';
  return { is: 'near', first, second, most: byWords ?? characters ?? 0, unit, ordered };
});

const shape = section({
  detector: detectorName.optional().describe('something with a form: card, iban, email'),
  confidence: fraction(0, 1)
    .optional()
    .describe(`of the detector, at least; ${String(LEAST_CONFIDENCE)} when absent`),
  lexicon: lexiconId.optional().describe('a list of words and phrases: the name of its file without .txt'),
  terms: z.array(words(200)).min(1).optional().describe('only these of the lexicon'),
  pattern: patternText.optional().describe('RE2, over the text in lower case with single spaces'),
  unscanned: z
    .union([z.literal('any'), z.array(z.enum(unreadables)).min(1)], {
      error: say('is neither any nor a list of reasons', `write any, or some of: ${unreadables.join(', ')}`),
    })
    .optional()
    .describe('something that could not be read'),
  any: parts.optional().describe('at least one of these'),
  all: parts.optional().describe('all of these'),
  near: near.optional().describe('two things close to each other'),
});
type Given = z.output<typeof shape>;

const written = shape.transform((given, ctx): Condition => {
  const problem = problemOf(given);
  const made = problem === undefined ? (leafOf(given) ?? nestOf(given)) : undefined;
  if (made !== undefined) return made;
  ctx.addIssue({ code: 'custom', ...problem });
  return z.NEVER;
});

/** Issue of zod for what has no sense together. */
function problemOf(given: Given): { readonly message: string; readonly path?: string[] } | undefined {
  const asked = sorts.filter((sort) => given[sort] !== undefined);
  const [first, second] = asked;
  if (first === undefined) {
    return { message: say(`needs one of ${sorts.join(', ')}`, 'write it like: when: { detector: card }') };
  }
  if (second !== undefined) {
    const fix = `write when: { any: [{ ${first}: ... }, { ${second}: ... }] } for either, all: for both`;
    return { message: say(`has ${asked.join(' and ')} side by side`, fix) };
  }
  if (given.confidence !== undefined && given.detector === undefined) {
    return { message: say('belongs beside a detector', 'remove it'), path: ['confidence'] };
  }
  if (given.terms !== undefined && given.lexicon === undefined) {
    return { message: say('belongs beside a lexicon', 'add lexicon: <name>, or remove it'), path: ['terms'] };
  }
  return undefined;
}

function leafOf({ detector, confidence, lexicon, terms, pattern, unscanned }: Given): Condition | undefined {
  if (detector !== undefined) return { is: 'detector', detector, least: confidence ?? LEAST_CONFIDENCE };
  if (lexicon !== undefined) return { is: 'lexicon', lexicon, ...(terms === undefined ? {} : { terms }) };
  if (pattern !== undefined) return { is: 'pattern', pattern };
  if (unscanned === undefined) return undefined;
  return unscanned === 'any' ? { is: 'unscanned' } : { is: 'unscanned', why: unscanned };
}

function nestOf({ any, all, near: pair }: Given): Condition | undefined {
  if (any !== undefined) return { is: 'any', of: any };
  if (all !== undefined) return { is: 'all', of: all };
  return pair;
}
