/** Words of a query as units to look for. */
import { isSpaceless, words } from '../words.ts';
import type { Phrase, Unit } from './query.ts';

/** Undefined when there is nothing in `text` that a search could look for. `star`: the last word is a beginning. */
export function phraseOf(text: string, star = false): Phrase | undefined {
  const found = words(text);
  if (found.length === 0) return undefined;
  return found.map((word, i) => unitOf(word, star && i === found.length - 1));
}

function unitOf(text: string, prefix: boolean): Unit {
  if (!isSpaceless(text)) return { is: prefix ? 'prefix' : 'word', text };
  return { is: Array.from(text).length === 1 ? 'character' : 'word', text };
}
