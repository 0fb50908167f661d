/** What may be shown of a value: enough to tell two apart, never enough to use it. */

/** `ends 1111`: the last four characters, fewer of a short value (never more than a third of it). */
export function endOf(value: string): string {
  const characters = Array.from(value);
  return `ends ${characters.slice(characters.length - shown(characters.length)).join('')}`;
}

/** `AKIA…`: the first characters, by which a key's provider is known. */
export function startOf(value: string): string {
  const characters = Array.from(value);
  return `${characters.slice(0, shown(characters.length)).join('')}…`;
}

function shown(length: number): number {
  return Math.min(4, Math.floor(length / 3));
}
