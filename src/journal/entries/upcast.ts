import type { EntryKind } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';

/** Turns a body of one version into the next one's. What is stored keeps its version for good. */
type Upcaster = (body: Json) => Json;

/** By kind, from version 1 upwards: the first turns 1 into 2. A kind without any is still at version 1. */
const upcasters: Readonly<Partial<Record<EntryKind, readonly Upcaster[]>>> = {};

/** The version in which bodies of `kind` are written now. */
export function currentVersion(kind: EntryKind): number {
  return (upcasters[kind]?.length ?? 0) + 1;
}

/** `body` of version `v` in the form of the current one. @throws Error for a version this program does not know. */
export function upcast(kind: EntryKind, v: number, body: Json): Json {
  if (v < 1 || v > currentVersion(kind)) throw new Error(`a ${kind} of version ${v} is unknown to this program`);
  return (upcasters[kind] ?? []).slice(v - 1).reduce((older, up) => up(older), body);
}
