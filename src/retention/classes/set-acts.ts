/** What an officer wants with an assignment of a desk, and whether it keeps anything shorter. */
import type { ClassId, EventId, UserId } from '../../core/ids.ts';
import { coversAlways } from '../../core/period.ts';
import type { KeptClass } from '../../core/retention-entries.ts';
import type { ClassState } from './class-state.ts';
import { madeByDesks, type Named, type Wanted } from './wanted.ts';
import type { Target } from './target.ts';

export interface SetWish {
  readonly target: Target;
  /** Absent: what a desk assigned to it ends. */
  readonly class: ClassId | undefined;
  readonly by: UserId;
  /** The command. */
  readonly event: EventId;
  readonly approvedBy?: UserId;
}

export type SetDone =
  /** On record: what was in force before, and what is now. */
  | { readonly is: 'done'; readonly name: string; readonly before: ClassState | undefined; readonly now: ClassState }
  /** It is so already. */
  | { readonly is: 'same'; readonly now: ClassState }
  /** A second officer has to want the same within a day. */
  | { readonly is: 'asked' }
  /** The group's members are not known, so nothing can be assigned to them. */
  | { readonly is: 'unresolved' };

/** The desks' assignments with this one as it is wanted. */
export function afterWish(state: ClassState | undefined, name: string, wish: SetWish): readonly Named[] {
  const others = madeByDesks(state).filter((one) => one.name !== name);
  return wish.class === undefined ? others : [...others, { name, class: wish.class, target: wish.target }];
}

/**
 * Whether some record could be kept shorter by `now` than by `before`: an assignment that is new stands against the
 * default, which it puts aside, and one that ends leaves the default.
 */
export function keepsShorter(before: ClassState | undefined, now: Wanted['state'], name: string): boolean {
  if (before === undefined) return false;
  const old = assignedIn(before, name) ?? defaultOf(before);
  const next = assignedIn(now, name) ?? defaultOf(now);
  return old !== undefined && next !== undefined && !covers(next, old);
}

/** The class that the assignment of this name gives. */
export function assignedIn(
  { classes, assignments }: Pick<ClassState, 'classes' | 'assignments'>,
  name: string,
): KeptClass | undefined {
  const given = assignments.find((one) => one.name === name)?.class;
  return classes.find(({ id }) => id === given);
}

export function defaultOf(state: Pick<ClassState, 'classes' | 'default'>): KeptClass | undefined {
  return state.classes.find(({ id }) => id === state.default);
}

/** Nothing under `short` would have to be kept, or could stay, longer than under `long`. */
function covers(long: KeptClass, short: KeptClass): boolean {
  if (!coversAlways(long.keep, short.keep)) return false;
  if (long.erase === undefined) return true;
  return short.erase !== undefined && coversAlways(long.erase, short.erase);
}
