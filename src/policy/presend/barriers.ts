/** Information barriers: groups whose people may not meet in a room. Pure. */
import type { UserId } from '../../core/ids.ts';

export interface Barrier {
  readonly between: readonly [string, string];
  readonly first: ReadonlySet<UserId>;
  readonly second: ReadonlySet<UserId>;
}

/** What the config says of a group; only lists are known without asking the homeserver. */
export interface NamedGroup {
  readonly kind: string;
  readonly users?: readonly UserId[];
}

/**
 * Whoever is in both groups stands above the barrier: neither kept from anybody nor anybody from them. A group that is no
 * list holds nobody; the check of the config refuses it.
 */
export function barriersOf(
  config: readonly { readonly between: readonly string[] }[],
  groups: ReadonlyMap<string, NamedGroup>,
): readonly Barrier[] {
  return config.map(({ between: [a = '', b = ''] }) => {
    const [first, second] = [usersOf(groups, a), usersOf(groups, b)];
    return { between: [a, b], first: without(first, second), second: without(second, first) };
  });
}

function usersOf(groups: ReadonlyMap<string, NamedGroup>, name: string): ReadonlySet<UserId> {
  return new Set(groups.get(name)?.users ?? []);
}

function without(group: ReadonlySet<UserId>, other: ReadonlySet<UserId>): ReadonlySet<UserId> {
  return new Set([...group].filter((user) => !other.has(user)));
}

/** Whether some barrier holds this person at all: whom none holds needs no look at a room. */
export function isHeld(barriers: readonly Barrier[], user: UserId): boolean {
  return barriers.some(({ first, second }) => first.has(user) || second.has(user));
}

/** The first barrier that lies between `user` and one of the `others`. */
export function barrierBetween(
  barriers: readonly Barrier[],
  user: UserId,
  others: readonly UserId[],
): readonly [string, string] | undefined {
  return barriers.find((barrier) => {
    const far = barrier.first.has(user) ? barrier.second : barrier.second.has(user) ? barrier.first : undefined;
    return far !== undefined && others.some((other) => far.has(other));
  })?.between;
}
