/** Gets the answers of `init`: from flags, then by asking, then by what is suggested. */
import { err, ok, type Result } from '../../core/result.ts';
import type { Terminal } from '../terminal.ts';
import { questions, type Answers, type Question } from './questions.ts';

/** Flags hold; the rest is asked when a person sits there. An error is words for the terminal. */
export async function answersFrom(flags: Answers, terminal: Terminal): Promise<Result<Answers, string>> {
  let answers: Answers = {};
  for (const question of questions) {
    const answer = await answerTo(question, { flags, answers, terminal });
    if (!answer.ok) return answer;
    answers = { ...answers, [question.name]: answer.value };
  }
  return ok(answers);
}

interface Asking {
  readonly flags: Answers;
  readonly answers: Answers;
  readonly terminal: Terminal;
}

async function answerTo(question: Question, asking: Asking): Promise<Result<string, string>> {
  const { flags, answers, terminal } = asking;
  if (question.when?.(answers) === false) return ok('');
  const given = flags[question.name];
  if (given !== undefined) {
    const wrong = wrongWith(question, given, answers);
    return wrong === undefined ? ok(given) : err(`${flagName(question)}: ${wrong}`);
  }
  const suggestion = question.suggestion?.(answers);
  if (terminal.interactive) return ask(question, suggestion, asking);
  return suggestion === undefined ? err(`${flagName(question)} is needed: ${question.help}`) : ok(suggestion);
}

/** Asks until the answer is one. */
async function ask(
  question: Question,
  suggestion: string | undefined,
  asking: Asking,
): Promise<Result<string, string>> {
  const hint = suggestion === undefined || suggestion === '' ? '' : ` [${suggestion}]`;
  for (;;) {
    const typed = await asking.terminal.ask(`${question.ask}${hint}: `, { hidden: question.hidden === true });
    if (typed === undefined) return err('nothing was written: the questions were not answered');
    const answer = typed.trim() === '' ? suggestion : typed.trim();
    const wrong = answer === undefined ? 'this one needs an answer' : wrongWith(question, answer, asking.answers);
    if (answer !== undefined && wrong === undefined) return ok(answer);
    asking.terminal.out(`  ${wrong ?? ''}`);
  }
}

function wrongWith(question: Question, answer: string, answers: Answers): string | undefined {
  const mayBeEmpty = question.suggestion?.(answers) === '';
  if (answer === '') return mayBeEmpty ? undefined : 'this one needs an answer';
  return question.wrong?.(answer, answers);
}

/** `--line-number` */
function flagName(question: Question): string {
  return question.flag.split(' ')[0] ?? question.flag;
}
