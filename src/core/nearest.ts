/** No known word is as long: what is longer is compared by its beginning. */
const LONGEST = 64;

/** The word of `known` that somebody who wrote `written` most likely meant; undefined when none is close. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const word = written.slice(0, LONGEST).toLowerCase();
  // The beginning of one word, and of no other, means that word.
  const begun = word.length > 1 ? known.filter((name) => name.toLowerCase().startsWith(word)) : [];
  if (begun.length === 1) return begun[0];
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(word, name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** Insertions, deletions, replacements and swaps of neighbours that make `b` of `a` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = isSwap(a, b, { i, j }) ? cell(before, j - 2) + 1 : Infinity;
      const replace = cell(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(cell(above, j) + 1, cell(row, j - 1) + 1, replace, swap));
    }
    before = above;
    above = row;
  }
  return cell(above, b.length);
}

function isSwap(a: string, b: string, at: { readonly i: number; readonly j: number }): boolean {
  const { i, j } = at;
  return i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
