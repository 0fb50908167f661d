/** One rule or one lexicon as it is, in 64 characters: what a hit is kept with, and how a change is noticed. */
import { createHash } from 'node:crypto';
import { isJsonObject, jcs, parseJson } from '../../core/json.ts';
import type { Lexicon, Rule } from '../rule.ts';

/** SHA-256, hex, over the JCS: whatever does not change what is judged (comments, the order of keys) changes no version. */
export function versionOf(item: Rule | Lexicon): string {
  const plain = parseJson(JSON.stringify(item));
  if (!isJsonObject(plain)) throw new Error('a rule is a map');
  return createHash('sha256').update(jcs(plain)).digest('hex');
}
