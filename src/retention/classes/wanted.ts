/** What should be on record: the config's classes and assignments, and beside them those that desks have made. */
import { createHash } from 'node:crypto';
import type { ClassId, LineId } from '../../core/ids.ts';
import { jcs, parseJson } from '../../core/json.ts';
import type { Assignment, KeptClass, RetentionBodies } from '../../core/retention-entries.ts';
import { json } from '../../journal/entries/envelope.ts';
import type { ClassState } from './class-state.ts';
import { deskTarget, resolved, targetWords, type Names, type Target } from './target.ts';

/** What of the config says how long what is kept. */
export interface ClassSettings {
  /** The built-in ones and the company's own. */
  readonly classes: readonly KeptClass[];
  readonly default: ClassId;
  readonly lines: readonly { readonly id: LineId; readonly ownClass?: ClassId }[];
  readonly assign: readonly (Target & { readonly class: ClassId })[];
}

/** An assignment as it is named, not resolved yet. */
export interface Named {
  readonly name: string;
  readonly class: ClassId;
  readonly target: Target;
}

export type WantedState = Omit<ClassState, 'position'>;

export interface Wanted {
  readonly state: WantedState;
  /** Names of assignments whose group or tag stands for nothing known: they are not in force. */
  readonly missing: readonly string[];
}

/** Assignments that the config makes. */
export function configured({ lines, assign }: ClassSettings): readonly Named[] {
  return [
    ...lines.flatMap(({ id, ownClass }) =>
      ownClass === undefined ? [] : [{ name: `config:lines:${id}`, class: ownClass, target: { line: id } }],
    ),
    ...assign.map(({ class: given, ...target }) => ({
      name: `config:${targetWords(target)}`,
      class: given,
      target,
    })),
  ];
}

/** Assignments that desks have made and not taken back. */
export function madeByDesks(state: ClassState | undefined): readonly Named[] {
  return (state?.assignments ?? []).flatMap(({ name, class: given }) => {
    const target = deskTarget(name);
    return target === undefined ? [] : [{ name, class: given, target }];
  });
}

/** `desks` are the desks' own assignments, in any order. */
export async function wantedState(
  settings: ClassSettings,
  desks: readonly Named[],
  from: { readonly names: Names; readonly before: ClassState | undefined },
): Promise<Wanted> {
  const { names, before } = from;
  const named = [...configured(settings), ...desks.toSorted((a, b) => (a.name < b.name ? -1 : 1))];
  const assignments: Assignment[] = [];
  const missing: string[] = [];
  for (const { name, class: given, target } of named) {
    const to = await resolved(target, names, before?.assignments.find((one) => one.name === name)?.to);
    if (to === undefined) missing.push(name);
    else assignments.push({ name, class: given, to });
  }
  const says = { classes: described(settings, desks, before), default: settings.default, assignments };
  return { state: { ...says, digest: digestOf(says) }, missing };
}

/** A class that a desk has assigned stays described as it was when the config does not have it any more. */
function described(
  { classes }: ClassSettings,
  desks: readonly Named[],
  before: ClassState | undefined,
): readonly KeptClass[] {
  const left = (before?.classes ?? []).filter(
    ({ id }) => desks.some((one) => one.class === id) && !classes.some((one) => one.id === id),
  );
  return [...classes, ...left];
}

/** SHA-256, hex, over the JCS: whatever does not change what is kept changes no digest. */
export function digestOf(
  says: Pick<RetentionBodies['retention.classes'], 'classes' | 'default' | 'assignments'>,
): string {
  return createHash('sha256')
    .update(jcs(json.parse(parseJson(JSON.stringify(says)))))
    .digest('hex');
}
