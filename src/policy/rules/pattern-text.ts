/** A pattern as a rule may have it; whether it compiles, the engine says. */
import { z } from 'zod';
import { say } from '../../config/problem.ts';

const MOST_CHARACTERS = 500;
/** `(?=`, `(?!`, `(?<=`, `(?<!` and `(?<name>`, where neither bracket nor backslash makes them plain characters. */
const LOOKAROUND = /(?<!\\)(?:\\\\)*\(\?(?:[=!]|<)/u;
const REFERENCE = /(?<!\\)(?:\\\\)*\\[1-9]/u;

/** RE2 syntax (github.com/google/re2/wiki/Syntax). */
export const patternText = z
  .string()
  .min(1, { error: say('is empty', 'write a pattern, for example: "wire \\d+ dollars"') })
  .max(MOST_CHARACTERS, {
    error: say(`is longer than ${String(MOST_CHARACTERS)} characters`, 'divide it with any: [...], or use a lexicon'),
  })
  .superRefine((pattern, ctx) => {
    const problem = LOOKAROUND.test(pattern)
      ? say('looks ahead or behind, or names a group: not possible here', 'use near:, hotWords: or except: instead')
      : REFERENCE.test(pattern)
        ? say('refers back to a group: not possible here', 'write out what may stand there')
        : undefined;
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
  });
