/** `!c rule …`: the rules in force, what changed in them, and the switches that officers have. */
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import type { DeskContext, DeskRules } from './desk-context.ts';
import { actedAnswer, approvedAnswer, loadedAnswer, triedAnswer } from './rule-answers.ts';
import { ruleAsked, type RuleAsked } from './rule-asked.ts';
import { backtestAnswer } from './rule-backtest.ts';
import { historyAnswer, listAnswer, showAnswer } from './rule-shown.ts';

const HISTORY_SHOWN = 15;

export const rule = command<DeskContext, RuleAsked>({
  name: 'rule',
  usage: '!c rule [list|show|test|enable|disable|set|history|approve|reload|backtest]',
  example: '!c rule show card-number',
  summary: 'the rules in force, and how to change them',
  where: ['desk'],
  parse: ruleAsked,
  run: (asked, context) => {
    const { rules } = context.tools;
    if (rules === undefined)
      return Promise.resolve(refused('failed', 'No rules are judged here: the admin can see why.'));
    if (changes(asked) && context.role !== 'officer') {
      return Promise.resolve(refused('denied', 'Only officers change rules.'));
    }
    return answerOf(asked, rules, context);
  },
});

const helpLines = [
  '!c rule list [word]: what is in force',
  '!c rule show <id>: one rule',
  '!c rule test <id> <text>: tries it. What you type here is on record, as every message is: use made-up numbers',
  '!c rule backtest <id> 90d: what it would have found on record',
  '!c rule disable <id>, !c rule enable <id>: switch it off and on',
  '!c rule set <id> then=flag dryRun=on: do something milder, or only count',
  '!c rule history <id>: who changed what when',
  'Where changes need two officers, each gets a card: another officer taps ✅ on it, or writes !c rule approve <id>',
  '!c rule reload: looks at the files again',
];
const ruleHelp = answered(helpLines.join('\n'), { data: { lines: helpLines.length } });

function changes(asked: RuleAsked): boolean {
  return asked.do === 'set' || asked.do === 'approve' || asked.do === 'reload';
}

async function answerOf(asked: RuleAsked, rules: DeskRules, context: DeskContext): Promise<Answer> {
  const { desk, clock, message } = context;
  const shown = { timezone: desk.timezone, now: clock.now() };
  const act = { by: message.sender, event: message.event };
  switch (asked.do) {
    case 'help':
      return ruleHelp;
    case 'list':
      return listAnswer(await rules.onRecord(), asked.part);
    case 'show':
      return showAnswer(asked.id, { onRecord: await rules.onRecord(), newest: await newestOf(asked.id, rules), shown });
    case 'history':
      return historyAnswer(asked.id, await historyOf(asked.id, HISTORY_SHOWN, rules), shown);
    case 'test':
      return triedAnswer(asked.id, await rules.tryRule(asked.id, asked.text), await rules.onRecord());
    case 'set':
      return actedAnswer(
        asked.id,
        await rules.switchRule({ ...act, id: asked.id, set: asked.set }),
        await rules.onRecord(),
      );
    case 'approve':
      return approvedAnswer(asked.id, await rules.approve({ ...act, id: asked.id }), await rules.onRecord());
    case 'reload':
      return loadedAnswer(await rules.reload());
    case 'backtest':
      return backtestAnswer(asked, context);
  }
}

async function newestOf(id: string, rules: DeskRules) {
  return (await historyOf(id, 1, rules))[0];
}

/** Of the rule of that name, or else of the lexicon. */
async function historyOf(id: string, limit: number, rules: DeskRules) {
  const ofRule = await rules.history('rule', id, limit);
  return ofRule.length > 0 ? ofRule : rules.history('lexicon', id, limit);
}
