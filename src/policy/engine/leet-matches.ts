/** What is found in the undisguised reading, beside what is found in the text as it stands. */
import { firstIndex } from '../matching/first-index.ts';
import type { Normalised, Span } from '../normalised.ts';
import type { Match } from './match.ts';

/** The plain folded text's part that was made by `original`. */
export function inPlain({ at, folded }: Normalised, original: Span): Span {
  if (at === undefined) return original;
  const place = (of: number): number =>
    Math.min(
      firstIndex(at.length, (index) => (at[index] ?? 0) >= of),
      folded.length,
    );
  return { start: place(original.start), end: place(original.end) };
}

/** Those of `leet` that `plain` does not have at the same place; both in the order of their starts. */
export function besides<S extends Span>(
  plain: readonly S[],
  leet: readonly S[],
  isSame: (plain: S, leet: S) => boolean,
): readonly S[] {
  let from = 0;
  return leet.filter((one) => {
    while ((plain[from]?.start ?? Infinity) < one.start) from += 1;
    for (let at = from; plain[at]?.start === one.start; at += 1) {
      const other = plain[at];
      if (other?.end === one.end && isSame(other, one)) return false;
    }
    return true;
  });
}

/** Both, in the order of the text; what both readings have once. */
export function withLeet(plain: readonly Match[], leet: readonly Match[]): readonly Match[] {
  if (leet.length === 0) return plain;
  const known = new Set(plain.map(placed));
  return [...plain, ...leet.filter((match) => !known.has(placed(match)))].sort(
    (a, b) => a.folded.start - b.folded.start || b.folded.end - a.folded.end,
  );
}

function placed({ original, value }: Match): string {
  return `${original.start} ${original.end} ${value}`;
}
