/**
 * How long one record is kept: a pure function of the record and the classes. Every class that ever held for it counts,
 * so a minimum that once held is never shortened: what holds from some entry on holds for what is older too, and what
 * ended there still holds for what is older. The default holds where nothing else did.
 */
import { noMillis, type ClassId, type Millis } from '../../core/ids.ts';
import { endOf, latestStart } from '../../core/period.ts';
import type { KeptClass } from '../../core/retention-entries.ts';
import type { ClassState } from './class-state.ts';
import type { ClassTable } from './class-table.ts';
import { fits, type Facts, type Looks } from './facts.ts';

export interface Term {
  /** It may not go before. */
  readonly keepUntil: Millis;
  /** It goes by then; absent, it stays until somebody decides. */
  readonly eraseAt?: Millis;
  /** Whose minimum is the strictest. */
  readonly class: ClassId;
  readonly authority: string;
}

/** Of a record whose first class is described nowhere: nothing says how long, so it never goes by age. */
const UNKNOWN = 'a class that is not on record';

export function termOf(facts: Facts, table: ClassTable): Term {
  const start = clockStart(facts);
  const held = [...classesOf(facts, table)];
  const [strictest = unknown(facts.class)] = strictestFirst(held, start);
  const known = firstClass(facts, table) !== undefined;
  const keepUntil = endOf(start, strictest.keep);
  const erase = held.flatMap((one) => (one.erase === undefined ? [] : [endOf(start, one.erase)]));
  const decides = known ? strictest : unknown(facts.class);
  const named = { class: decides.id, authority: decides.authority };
  if (!known || erase.length === 0) return { keepUntil, ...named };
  const [earliest = keepUntil] = erase.toSorted((a, b) => a - b);
  return { keepUntil, eraseAt: earliest > keepUntil ? earliest : keepUntil, ...named };
}

/** Age runs from the moment of recording; of what was fetched or imported, from when it happened, never later. */
export function clockStart({ recordedAt, at, late }: Pick<Facts, 'recordedAt' | 'at' | 'late'>): Millis {
  return late && at < recordedAt ? at : recordedAt;
}

/** All classes that ever held for the record, and the one that it was recorded under. */
export function classesOf(facts: Facts, table: ClassTable): ReadonlySet<KeptClass> {
  const held = new Set<KeptClass>();
  const first = firstClass(facts, table);
  if (first !== undefined) held.add(first);
  for (const [i, state] of table.states.entries()) {
    const ended = table.states[i + 1]?.position;
    if (ended !== undefined && ended <= facts.position) continue;
    for (const one of holding(facts, state)) held.add(one);
  }
  return held;
}

/**
 * The classes that `state` gives it: those assigned, or else the default. What is assigned by a verdict leaves the default
 * in place: until somebody judged the record, that was what held.
 */
export function holding(facts: Looks, state: ClassState): readonly KeptClass[] {
  const assigned = state.assignments.filter(({ to }) => fits(to, facts));
  const ids = assigned.map((one) => one.class);
  if (assigned.every(({ to }) => to.verdict !== undefined)) ids.push(state.default);
  return state.classes.filter(({ id }) => ids.includes(id));
}

/** Strictest minimum first; of equal ones the one that goes sooner, then by name: the same wherever it is asked. */
export function strictestFirst(classes: readonly KeptClass[], start: Millis): readonly KeptClass[] {
  const eraseEnd = ({ erase }: KeptClass): number => (erase === undefined ? Infinity : endOf(start, erase));
  return classes.toSorted(
    (a, b) => endOf(start, b.keep) - endOf(start, a.keep) || compare(eraseEnd(a), eraseEnd(b)) || compare(a.id, b.id),
  );
}

/**
 * No record whose clock starts after this can be due at `until`: the bound of a walk. Whatever else holds for a record,
 * a default or an assignment does, so none goes before the shortest minimum among them.
 */
export function mayBeDueBefore(table: ClassTable, until: Millis): Millis {
  const bounds = table.states.flatMap((state) => {
    const used = new Set([state.default, ...state.assignments.map((one) => one.class)]);
    return state.classes.filter(({ id }) => used.has(id)).map(({ keep }) => latestStart(until, keep));
  });
  return bounds.reduce((latest, bound) => (bound > latest ? bound : latest), noMillis);
}

/** As it was described when the record came, or else by the first that described it. */
function firstClass(facts: Facts, { states }: ClassTable): KeptClass | undefined {
  const then = states.findLast(({ position }) => position <= facts.position);
  return then === undefined ? describedIn(states, facts.class) : describedIn([then, ...states], facts.class);
}

function describedIn(states: readonly ClassState[], id: ClassId): KeptClass | undefined {
  for (const { classes } of states) {
    const found = classes.find((one) => one.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknown(id: ClassId): KeptClass {
  return { id, keep: {}, authority: UNKNOWN };
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
