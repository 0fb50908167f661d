/** `!c retention set <room, line, tag, …> <class>`: longer at once, shorter only for what comes. */
import type { ClassId } from '../../core/ids.ts';
import type { ClassTable } from '../../retention/classes/class-table.ts';
import { keptWords } from '../../retention/classes/class-words.ts';
import { assignedIn, defaultOf, keepsShorter, type SetDone } from '../../retention/classes/set-acts.ts';
import type { Target } from '../../retention/classes/target.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskContext } from './desk-context.ts';
import type { RetentionAct } from './retention-act.ts';
import { noSuchClass, setTyped } from './retention-asked.ts';
import { targetFrom, targetShown } from './retention-targets.ts';

const EXAMPLE = 'Example: !c retention set deals eu-mifid-7y\nTo take it back: !c retention set deals off';
const OFF = 'off';

export const retentionSet: RetentionAct = {
  name: 'set',
  help: '!c retention set <room, line, tag, group, kind:… or flagged> <class or off>: gives records a class',
  officers: true,
  ask: async (rest, context) => {
    const typed = setTyped(rest);
    if (!typed.ok) return refused('usage', `${typed.error}\n${EXAMPLE}`);
    const { classes } = context.tools;
    const table = await classes?.table();
    if (classes === undefined || table === undefined) return refused('failed', 'No classes are on record yet.');
    const given = table.classes.find(({ id }) => id === typed.value.class)?.id;
    if (given === undefined && typed.value.class !== OFF) {
      return refused('not-found', noSuchClass(typed.value.class, table));
    }
    const target = await targetFrom(typed.value.what, classes);
    return target.ok ? set(target.value, given, context) : refused('not-found', target.error);
  },
};

async function set(target: Target, given: ClassId | undefined, context: DeskContext): Promise<Answer> {
  const { message, tools } = context;
  const done = await tools.classes?.set({ target, class: given, by: message.sender, event: message.event });
  const title = await targetShown(target, tools);
  return done === undefined ? refused('failed', 'No classes are on record yet.') : setAnswer(done, title, given);
}

function setAnswer(done: SetDone, title: string, given: ClassId | undefined): Answer {
  switch (done.is) {
    case 'done':
      return doneAnswer(done, title);
    case 'same':
      return answered(given === undefined ? `${title}: nothing was set here.` : `${title}: it is so already.`, {
        data: { set: 'same' },
      });
    case 'asked':
      return {
        code: 'pending',
        text: `${title}: not changed yet. It would keep records shorter, so a second officer has to send the same command within a day.`,
        data: { set: 'asked' },
      };
    case 'unresolved':
      return refused('failed', `${title}: who is in that group can't be read now, so nothing was changed. Try again.`);
  }
}

const DISARMED = 'Nothing is deleted by age until two officers arm it again: !c retention preview shows what would go.';

function doneAnswer({ name, before, now }: Extract<SetDone, { is: 'done' }>, title: string): Answer {
  const kept = assignedIn(now, name);
  const head =
    kept === undefined
      ? `${title} ✓ has no class of its own here any more.`
      : `${title} ✓ ${kept.id} from now on: ${keptWords(kept)}.`;
  const shorter = keepsShorter(before, now, name);
  const old = before === undefined ? undefined : (assignedIn(before, name) ?? defaultOf(before));
  const upToNow = shorter
    ? `Records up to now keep their longer one${old === undefined ? '' : `: ${old.id}, ${keptWords(old)}`}.`
    : 'What is already there is kept as long.';
  const data = { set: 'done', shorter, ...(kept === undefined ? {} : { class: kept.id }) };
  return answered([head, upToNow, ...stricter(now, name), DISARMED].join('\n'), { data });
}

/** Whatever else is given to the very same records, and may be stricter. */
function stricter({ assignments }: Pick<ClassTable, 'assignments'>, name: string): readonly string[] {
  const to = JSON.stringify(assignments.find((one) => one.name === name)?.to);
  const others = assignments.filter((one) => one.name !== name && JSON.stringify(one.to) === to);
  const ids = [...new Set(others.map((one) => one.class))];
  return ids.length === 0 ? [] : [`The config gives them ${ids.join(', ')} too: the strictest minimum wins.`];
}
