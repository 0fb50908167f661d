/**
 * The classes and assignments in force, and all that ever were: what once held for a record holds for it for good. Each
 * `retention.classes` is kept for as long as a record older than the next one may live: none is ever erased.
 */
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import type { ClassState } from './class-state.ts';
import { allStates } from './class-store.ts';

export interface ClassTable extends ClassState {
  /** All there ever were, oldest first; the last is what is in force. It held from the one before it on. */
  readonly states: readonly ClassState[];
}

/** Undefined before the first is on record: then nothing is ever due. */
export async function classTable(reading: Reading, sealer: Sealer): Promise<ClassTable | undefined> {
  return tableOf(await allStates(reading, sealer));
}

/** `states` are oldest first. */
export function tableOf(states: readonly ClassState[]): ClassTable | undefined {
  const last = states.at(-1);
  return last === undefined ? undefined : { ...last, states };
}
