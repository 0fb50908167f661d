/** Information barriers: groups whose people may not meet in a room. */
import type { UserId } from '../../core/ids.ts';

/** Who is in a group; undefined as long as it could never be read. */
export type People = ReadonlySet<UserId> | undefined;

export interface Barrier {
  readonly between: readonly [string, string];
  /** Without those who are in both. Where one can't be read, everybody who isn't in the other may be in it. */
  readonly first: People;
  readonly second: People;
}

/** The barriers as of now: the same list again as long as nobody came or went. */
export type Barriers = () => Promise<readonly Barrier[]>;

/** Whoever is in both groups stands above the barrier: neither kept from anybody nor anybody from them. */
export function barrierOf(between: readonly [string, string], first: People, second: People): Barrier {
  return { between, first: without(first, second), second: without(second, first) };
}

function without(group: People, other: People): People {
  return group === undefined || other === undefined ? group : new Set([...group].filter((user) => !other.has(user)));
}

/** `peopleOf` gives the same set again as long as it holds the same people. */
export function barriersOf(
  config: readonly { readonly between: readonly string[] }[],
  peopleOf: (group: string) => Promise<People>,
): Barriers {
  const pairs = config.map(({ between: [a = '', b = ''] }): readonly [string, string] => [a, b]);
  let known: readonly People[] | undefined;
  let barriers: readonly Barrier[] = [];
  return async () => {
    const people = await Promise.all(pairs.flat().map(peopleOf));
    if (known === undefined || people.some((one, n) => one !== known?.[n])) {
      known = people;
      barriers = pairs.map((pair, n) => barrierOf(pair, people[2 * n], people[2 * n + 1]));
    }
    return barriers;
  };
}

/** Whether it is known on both sides whom it keeps apart. */
export function isKnown(barrier: Barrier): barrier is Barrier & { readonly first: object; readonly second: object } {
  return barrier.first !== undefined && barrier.second !== undefined;
}

/** Whether some barrier may hold this person at all: whom none holds needs no look at a room. */
export function isHeld(barriers: readonly Barrier[], user: UserId): boolean {
  return barriers.some(({ first, second }) => mayBeIn(first, second, user) || mayBeIn(second, first, user));
}

function mayBeIn(group: People, other: People, user: UserId): boolean {
  return group === undefined ? other?.has(user) !== true : group.has(user);
}

/** The first barrier that lies, or may lie, between `user` and one of the `others`. */
export function barrierBetween(
  barriers: readonly Barrier[],
  user: UserId,
  others: readonly UserId[],
): readonly [string, string] | undefined {
  return barriers.find((barrier) => others.some((other) => other !== user && areApart(barrier, user, other)))?.between;
}

function areApart({ first, second }: Barrier, one: UserId, other: UserId): boolean {
  return (
    (mayBeIn(first, second, one) && mayBeIn(second, first, other)) ||
    (mayBeIn(second, first, one) && mayBeIn(first, second, other))
  );
}
