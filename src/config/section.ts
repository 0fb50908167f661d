/** One section of the config: a map with known keys, where an unknown one is an error that names its nearest. */
import { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { say } from './problem.ts';

/** A map of exactly these keys. */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

/** One `say` for each key, in their order. */
function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => unknownKey(key, known)).join('\n');
}

/** What is said of one unknown key. */
export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined
    ? say('unknown key', `remove it; known here: ${known.join(', ')}`)
    : say(`unknown key (did you mean ${meant}?)`, `rename it to ${meant}, or remove it`);
}
