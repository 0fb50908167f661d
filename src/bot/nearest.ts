/** The name that was probably meant. */

/** The nearest of `names` to `typed`, when it is near enough to be worth saying. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const word = typed.slice(0, 32);
  const ranked = names
    .map((name) => ({ name, steps: name.startsWith(word) && word.length > 1 ? 1 : editSteps(word, name) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(Math.min(word.length, name.length) / 2)))
    .sort((a, b) => a.steps - b.steps);
  return ranked[0]?.name;
}

/** Levenshtein's distance, two rows at a time. */
function editSteps(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, char] of Array.from(from).entries()) {
    const line = [row + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const change = (above[column] ?? 0) + (char === other ? 0 : 1);
      line.push(Math.min(change, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
