/** `!c retention show [room|line|class]`: which class holds, how long that is, and by whose word. */
import { classWords, keptWords } from '../../retention/classes/class-words.ts';
import type { ClassTable } from '../../retention/classes/class-table.ts';
import type { Assignment, KeptClass } from '../../core/retention-entries.ts';
import type { Millis } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { strictestFirst } from '../../retention/classes/term.ts';
import { namedBy, targetWords, type Target } from '../../retention/classes/target.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { plainTyping } from '../command-line.ts';
import type { DeskClasses, DeskContext } from './desk-context.ts';
import type { RetentionAct } from './retention-act.ts';
import { noSuchClass } from './retention-asked.ts';
import { targetFrom, targetShown } from './retention-targets.ts';

const MOST_SHOWN = 40;
const NOTHING = 'No classes are on record yet: that comes with the next start.';

export const retentionShow: RetentionAct = {
  name: 'show',
  help: '!c retention show [room, line or class]: what is kept how long, and why',
  officers: false,
  ask: async (rest, context) => {
    const { classes } = context.tools;
    const table = await classes?.table();
    if (classes === undefined || table === undefined) return refused('failed', NOTHING);
    const typed = plainTyping(rest);
    if (typed === '') return all(table, context);
    const named = table.classes.find(({ id }) => id === typed.toLowerCase());
    return named === undefined ? ofTarget(typed, table, { classes, context }) : ofClass(named, table, context);
  },
};

async function all(table: ClassTable, context: DeskContext): Promise<Answer> {
  const { assignments, classes } = table;
  const usual = classes.find(({ id }) => id === table.default);
  const shown = await Promise.all(assignments.slice(0, MOST_SHOWN).map((one) => assignmentLine(one, table, context)));
  const more = assignments.length - shown.length;
  const lines = [
    `What has no other class: ${usual === undefined ? table.default : classWords(usual)}`,
    ...shown,
    ...(more > 0 ? [`… and ${String(more)} more.`] : []),
    'Where several fit, the strictest minimum wins. What once held for a record holds for good.',
  ];
  const data = { default: table.default, assignments: assignments.length, digest: table.digest };
  return answered(lines.join('\n'), { data });
}

async function assignmentLine({ name, class: given }: Assignment, table: ClassTable, { tools }: DeskContext) {
  const kept = table.classes.find(({ id }) => id === given);
  const by = name.startsWith('desk:') ? ' · set here' : '';
  const words = kept === undefined ? '' : `, ${keptWords(kept)}`;
  return `${await targetShown(namedBy(name), tools)}: ${given}${words}${by}`;
}

async function ofClass(kept: KeptClass, table: ClassTable, context: DeskContext): Promise<Answer> {
  const given = table.assignments.filter((one) => one.class === kept.id);
  const shown = await Promise.all(given.map(({ name }) => targetShown(namedBy(name), context.tools)));
  const usual = table.default === kept.id ? ['What has no other class'] : [];
  const used = [...usual, ...shown];
  const lines = [classWords(kept), used.length === 0 ? 'Nothing has it now.' : `Who has it: ${used.join('; ')}`];
  return answered(lines.join('\n'), { data: { class: kept.id, used: used.length } });
}

interface At {
  readonly classes: DeskClasses;
  readonly context: DeskContext;
}

async function ofTarget(typed: string, table: ClassTable, { classes, context }: At): Promise<Answer> {
  const target = await targetFrom(typed, classes);
  if (!target.ok) return refused('not-found', classHint(typed, table) ?? target.error);
  const now = context.clock.now();
  const held = heldFor(target.value, table, now);
  const [strictest] = held;
  if (strictest === undefined) return refused('failed', NOTHING);
  const title = await targetShown(target.value, context.tools);
  const others = held.slice(1).map(({ id }) => id);
  const older = formerly(target.value, table, now).filter((one) => one.id !== strictest.id);
  const lines = [
    `${title}: ${classWords(strictest)}`,
    ...(others.length === 0 ? [] : [`Also given, and not as strict: ${others.join(', ')}`]),
    ...older.map((one) => `Older records may be under ${one.id} still: ${keptWords(one)}`),
  ];
  return answered(lines.join('\n'), { data: { target: targetWords(target.value), class: strictest.id } });
}

/** What is nearly a class was meant as one. */
function classHint(typed: string, table: ClassTable): string | undefined {
  const word = typed.toLowerCase();
  const ids = table.classes.map(({ id }) => id);
  return nearest(word, ids) === undefined ? undefined : noSuchClass(word, table);
}

/** Classes that hold for all of these records now: of assignments to just them, or else the default. Strictest first. */
function heldFor(target: Target, state: Pick<ClassTable, 'assignments' | 'classes' | 'default'>, now: Millis) {
  const given = state.assignments.filter((one) => covers(one, target)).map((one) => one.class);
  const ids = given.length === 0 ? [state.default] : given;
  return strictestFirst(
    state.classes.filter(({ id }) => ids.includes(id)),
    now,
  );
}

/** What held for them once, and still does for what is older. */
function formerly(target: Target, { states }: ClassTable, now: Millis): readonly KeptClass[] {
  const held = states.slice(0, -1).flatMap((state) => heldFor(target, state, now));
  return [...new Map(held.map((one) => [one.id, one])).values()];
}

/** Whether the assignment holds for all that `target` names: it asks for nothing else. */
function covers({ name, to }: Assignment, target: Target): boolean {
  const named = namedBy(name);
  if (target.room !== undefined && onlyRooms(to)) return to.rooms?.includes(target.room) === true;
  return targetWords(named) === targetWords(target);
}

function onlyRooms(to: Assignment['to']): boolean {
  return to.rooms !== undefined && Object.keys(to).length === 1;
}
