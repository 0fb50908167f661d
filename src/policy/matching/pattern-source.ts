/** RE2's syntax, as far as a pattern has to be rewritten before it is compiled (github.com/google/re2/wiki/Syntax). */

/** One step of a pattern: an escape with all that belongs to it, a group's opening with its flags, or one character. */
const steps = /\\Q[^]*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\[^]|\(\?P?<[^>]*>|\(\?[imsU-]*[:)]|\[:\^?\w+:\]|[^]/gu;

/** A pattern in its steps: put together they are the pattern. */
export function stepsOf(pattern: string): readonly string[] {
  return pattern.match(steps) ?? [];
}

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

/** `pattern` without the word bounds that it begins and ends with, and which of the two it has. */
export interface Ends {
  readonly before: boolean;
  readonly after: boolean;
  readonly inner: string;
}

/** RE2 knows ASCII words alone. Where bounds stand at the ends of the whole pattern, they can be asked for in all scripts. */
export function endsOf(pattern: string): Ends | undefined {
  const parts = stepsOf(pattern);
  const before = parts[0] === '\\b';
  const after = parts.length > 1 && parts.at(-1) === '\\b';
  if ((!before && !after) || isAlternative(parts)) return undefined;
  return { before, after, inner: parts.slice(before ? 1 : 0, after ? -1 : undefined).join('') };
}

/** Is there a `|` outside of all groups and classes? Then its ends are ends of one alternative only. */
function isAlternative(parts: readonly string[]): boolean {
  let depth = 0;
  for (const part of parts) {
    if (part.startsWith('(') || part === '[') depth += 1;
    else if (part === ')' || part === ']') depth -= 1;
    else if (part === '|' && depth <= 0) return true;
  }
  return false;
}
