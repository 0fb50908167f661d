/**
 * The first class of an entry, which its header carries for good: of the classes assigned by what is known at that
 * moment, the one with the strictest minimum, or else the default.
 */
import type { Draft } from '../../core/entry.ts';
import type { LineId, NetworkId, Position } from '../../core/ids.ts';
import type { Placed, Placing } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import type { ClassState } from './class-state.ts';
import { networkIn, networksOfLine, newestState, stateAt, type NewestState } from './class-store.ts';
import { strictestFirst, holding } from './term.ts';

/** Not judged yet. */
const UNMARKED: ReadonlySet<string> = new Set();

export function classPlacing(): Placing {
  const inForce = new StateInForce();
  return async (draft: Draft, _: Position, reading: Reading, sealer: Sealer): Promise<Placed> => {
    const state = await inForce.read(reading, sealer);
    if (state === undefined) return {};
    if (state.assignments.length === 0) return { class: draft.class ?? state.default };
    const { kind, line, room, actor } = draft;
    const networks = await networksOf(draft, state, reading);
    const looks = { kind, line, room, actor, networks, marks: UNMARKED };
    const otherwise = draft.class ?? state.default;
    const [strictest] = strictestFirst(holding(looks, { ...state, default: otherwise }), draft.at);
    // A draft that brings a class which is described nowhere keeps it.
    return { class: strictest?.id ?? otherwise };
  };
}

/** Looked up only where an assignment asks for a network. */
async function networksOf(draft: Draft, state: ClassState, reading: Reading): Promise<ReadonlySet<NetworkId>> {
  if (state.assignments.every(({ to }) => to.network === undefined)) return new Set();
  const own = networkIn(draft);
  if (own !== undefined) return new Set([own]);
  const { line }: { readonly line?: LineId } = draft;
  return line === undefined ? new Set() : networksOfLine(reading, line);
}

/** Opened once for each state: nearly every entry finds the one of the entry before. */
class StateInForce {
  #newest: NewestState | undefined;
  #state: ClassState | undefined;

  async read(reading: Reading, sealer: Sealer): Promise<ClassState | undefined> {
    const newest = await newestState(reading);
    if (newest === undefined) return undefined;
    // The digest too: a position whose commit was undone is given again.
    if (newest.position !== this.#newest?.position || newest.digest !== this.#newest.digest) {
      this.#state = await stateAt(reading, sealer, newest.position);
      this.#newest = newest;
    }
    return this.#state;
  }
}
