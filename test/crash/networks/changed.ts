/** What customers have by now of what Alice changed: as she left it, or the room says that it is not so. */
import type { Left } from './changes.ts';
import type { Taken } from './player.ts';

/** One of hers, and what there is of it at the network. */
export interface Outcome {
  readonly left: Left;
  /** All that the provider took of it; more than one is a repeat. */
  readonly taken: readonly Taken[];
}

export interface ChangesVerdict {
  /** Messages that she changed. */
  readonly changed: number;
  /** Of what the network can change: how often the room says, truly, that the customer has something else. */
  readonly told: number;
  readonly wrong: readonly string[];
}

type About = 'words' | 'deletion' | 'reaction';

/** How @gatehouse says that the customer sees something else. */
const SAYS: Readonly<Record<About, RegExp>> = {
  words: /still sees the (?:first text|text of before)|^Maybe changed/u,
  deletion: /^Deleted here only|^Maybe taken back/u,
  reaction: /(?:doesn't see|still sees) that reaction/u,
};
/** Of them those that are about the network, whatever becomes of a process. */
const CAN_NOT = /can't edit|can't be taken back on/u;
/** Said once in a chat where the network has none. */
const NO_REACTIONS = "doesn't see reactions";

/** @param says what @gatehouse said in the rooms of one customer, all of whose messages are in `outcomes` */
export function judgeChanges(outcomes: readonly Outcome[], says: readonly string[]): ChangesVerdict {
  const other = outcomes.flatMap(differencesOf);
  const wrong = outcomes.flatMap(({ left, taken }) => [
    ...taken.flatMap((one) => neverSo(left, one)),
    ...(taken.length > 1 ? [`“${left.said}” is there ${String(taken.length)} times`] : []),
  ]);
  return {
    changed: outcomes.filter(({ left }) => left.changes > 0).length,
    told: says.filter((text) => Object.values(SAYS).some((how) => how.test(text)) && !CAN_NOT.test(text)).length,
    wrong: [...wrong, ...untold(other, says)],
  };
}

interface Difference {
  readonly said: string;
  readonly about: About;
  readonly words: string;
}

function differencesOf({ left, taken }: Outcome): readonly Difference[] {
  return taken.flatMap((one) => {
    const of = (about: About, words: string): Difference => ({ said: left.said, about, words });
    if (one.deleted === true) return [];
    if (left.deleted) return [of('deletion', 'was taken back and still stands there')];
    return [
      ...instead(one.picture === undefined ? one.text : undefined, left.versions.at(-1) ?? left.said).map((other) =>
        of('words', `stands there as ${other}`),
      ),
      ...instead(one.reactions?.[0] ?? '', left.reaction ?? '').map((other) => of('reaction', `bears ${other}`)),
    ];
  });
}

/** Undefined is as good as any. */
function instead(has: string | undefined, wanted: string): readonly string[] {
  return has === undefined || has === wanted ? [] : [`“${has}” instead of “${wanted}”`];
}

/** What she never made of it in the first place. */
function neverSo({ said, versions, deleted }: Left, { text, picture, deleted: gone }: Taken): readonly string[] {
  const known = picture !== undefined || text === said || versions.includes(text);
  return [
    ...(known ? [] : [`“${said}” became “${text}”, which nobody wrote`]),
    ...(gone === true && !deleted ? [`“${said}” was deleted, and nobody did`] : []),
  ];
}

/** A sentence for each difference, where the room has fewer words for such than there are. */
function untold(other: readonly Difference[], says: readonly string[]): readonly string[] {
  return (['words', 'deletion', 'reaction'] as const).flatMap((about) => {
    const of = other.filter((one) => one.about === about);
    if (about === 'reaction' && says.some((text) => text.includes(NO_REACTIONS))) return [];
    const told = says.filter((text) => SAYS[about].test(text)).length;
    return of.length <= told ? [] : of.map(({ said, words }) => `“${said}” ${words}, and the room doesn't say so`);
  });
}

/** @param taken each as it is called by what she wrote first */
export function outcomesOf(
  all: readonly Left[],
  taken: readonly (Taken & { readonly said: string })[],
): readonly Outcome[] {
  return all.map((left) => ({ left, taken: taken.filter(({ said }) => said === left.said) }));
}
