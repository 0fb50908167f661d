/** RE2's syntax, as far as a pattern has to be rewritten before it is compiled (github.com/google/re2/wiki/Syntax). */

/** One step of a pattern: an escape with all that belongs to it, a group's opening with its flags, or one character. */
const steps = /\\Q[^]*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\[^]|\(\?P?<[^>]*>|\(\?[imsU-]*[:)]|\[:\^?\w+:\]|[^]/gu;

/** The folded text is lower case; a pattern that isn't would never be found. What is escaped means what it says. */
export function inLowerCase(pattern: string): string {
  return pattern.replace(steps, (step) => (step.startsWith('\\') || step.length > 2 ? step : step.toLowerCase()));
}

/**
 * The same without `\b` and `\B`: finds at least what `pattern` finds. RE2 leaves its fast automaton for patterns with
 * word bounds, so a set takes them without, and what it finds is looked at again with them.
 */
export function withoutBounds(pattern: string): string {
  return pattern.replace(steps, (step) => (step === '\\b' || step === '\\B' ? '' : step));
}

/** RE2 knows ASCII words alone: at an end that asks for a bound, ours is asked too. */
export function asksForBound(pattern: string): { readonly before: boolean; readonly after: boolean } {
  return { before: pattern.startsWith('\\b'), after: /(?:^|[^\\])(?:\\\\)*\\b$/u.test(pattern) };
}
