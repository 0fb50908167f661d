/** How long the record is kept, in the words of a first day's notice. */
import type { Config } from '../config/config.ts';
import { periodWords } from '../retention/classes/class-words.ts';
import { classSettings } from './retention-classes.ts';

/** By the class of what has no other: the least that anything is kept. */
export function keptFor(config: Pick<Config, 'retention' | 'lines' | 'defaultClass'>): string {
  const { classes, default: usual } = classSettings(config);
  const kept = classes.find(({ id }) => id === usual);
  if (kept === undefined) return `as long as the class ${usual} says`;
  return `${kept.erase === undefined ? 'at least ' : ''}${periodWords(kept.keep)}`;
}
