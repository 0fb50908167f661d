/** Which kinds of records there are. */
import { bodies } from '../../journal/entries/bodies.ts';

/** A kind or a family of kinds: `matrix.event`, `policy`. */
export function isKind(name: string): boolean {
  return Object.keys(bodies).some((kind) => kind === name || kind.startsWith(`${name}.`));
}

/** `matrix`, `policy`, ...: for who looks for the right word. */
export function kindsAndFamilies(): readonly string[] {
  const kinds = Object.keys(bodies);
  return [...new Set([...kinds.map((kind) => kind.replace(/\..*$/u, '')), ...kinds])];
}
