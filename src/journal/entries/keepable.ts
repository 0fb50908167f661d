/** Whether the journal can keep what a network brought as what it says it is: asked before it is appended. */
import type { z } from 'zod';
import type { EntryBodies } from '../../core/entry.ts';
import { whyNotCanonical } from '../../core/json.ts';
import type { NetworkBodies } from '../../core/network-entries.ts';
import { json } from './envelope.ts';
import { networkBodies } from './network-bodies.ts';

const schemas: { readonly [K in keyof NetworkBodies]: z.ZodType<EntryBodies[K]> } = networkBodies;

/** The body as it can go on record; undefined where it is none of its kind, or has no canonical text. */
export function keepable<K extends keyof NetworkBodies>(kind: K, body: EntryBodies[K]): EntryBodies[K] | undefined {
  const read = schemas[kind].safeParse(body);
  return read.success && whyNotCanonical(json.parse(read.data)) === undefined ? read.data : undefined;
}
