/** How far a long measurement is: beside the figures, which alone stand on standard output. */
export function say(words: string): void {
  process.stderr.write(`${words}\n`);
}
