/** A lexicon: `# language: en`, then a line for each term, `call my cell | moves business to a phone nobody records`. */
import type { ConfigProblem } from '../../config/problem.ts';
import { parseLexiconId } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Lexicon } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { fileAt, MOST_PROBLEMS, MOST_TERMS, type PolicyFile } from './policy-file.ts';

/** Characters. */
const LONGEST_TERM = 200;
const LONGEST_REASON = 500;
/** Shorter beginnings of words are beginnings of everything. */
const SHORTEST_PREFIX = 3;
const LANGUAGE = /^#\s*language:\s*([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})$/iu;
const EXAMPLE = 'call my cell | moves business to a phone that nobody records';

type Words = Pick<ConfigProblem, 'message' | 'fix'>;
type Term = Lexicon['terms'][number];

/** Every problem at once; lines that are empty or begin with `#` are for people. */
export function readLexiconFile(file: PolicyFile): Result<Lexicon, readonly RuleProblem[]> {
  const lines = file.text.replace(/^\u{feff}/u, '').split(/\r?\n/u);
  const problems: RuleProblem[] = [];
  const add = (at: number, words: Words): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ file: fileAt(file.name, at), path: '', ...words });
  };
  const id = parseLexiconId(idOf(file.name));
  if (!id.ok) add(1, nameWords);
  const language = lines.map((line) => LANGUAGE.exec(line.trim())?.[1]).find((found) => found !== undefined);
  if (language === undefined) add(1, { message: 'does not say its language', fix: 'begin it with: # language: en' });
  const terms = termsOf(lines, add);
  if (terms.length === 0 && problems.length === 0) add(1, { message: 'has no terms', fix: `write one: ${EXAMPLE}` });
  if (!id.ok || language === undefined || problems.length > 0) return err(problems);
  return ok({ id: id.value, language, terms });
}

/** `off-channel-en` of `config/lexicons/off-channel-en.txt`. */
function idOf(name: string): string {
  return name.slice(name.search(/[^/\\]*$/u)).replace(/\.txt$/u, '');
}

const nameWords: Words = {
  message: "has a name that rules can't use",
  fix: 'name it with lower-case letters, digits and -, for example off-channel-en.txt',
};

function termsOf(lines: readonly string[], add: (line: number, words: Words) => void): readonly Term[] {
  const terms: Term[] = [];
  const seen = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (terms.length === MOST_TERMS) {
      add(i + 1, { message: `has more than ${String(MOST_TERMS)} terms`, fix: 'divide it into several lexicons' });
      break;
    }
    const term = termOf(text);
    const before = seen.get(term.term.toLowerCase());
    const words = before === undefined ? termProblem(term) : twice(term.term, before);
    if (words === undefined) seen.set(term.term.toLowerCase(), i + 1);
    else add(i + 1, words);
    terms.push(term);
  }
  return terms;
}

function termOf(line: string): Term {
  const bar = line.indexOf('|');
  const term = bar < 0 ? line : line.slice(0, bar);
  return { term: term.trim().replace(/\s+/gu, ' '), why: bar < 0 ? '' : line.slice(bar + 1).trim() };
}

function twice(term: string, line: number): Words {
  return { message: `"${shown(term)}" stands in line ${String(line)} already`, fix: 'remove one of the two' };
}

/** What is wrong with one term; undefined when nothing is. */
function termProblem({ term, why }: Term): Words | undefined {
  if (term === '') return { message: 'has no term before the |', fix: `write it like: ${EXAMPLE}` };
  if (why === '') {
    return { message: `"${shown(term)}" has no reason`, fix: `say after a | why it matters: ${EXAMPLE}` };
  }
  if (term.length > LONGEST_TERM) return tooLong('the term', LONGEST_TERM);
  if (why.length > LONGEST_REASON) return tooLong('the reason', LONGEST_REASON);
  return starProblem(term) ?? gapProblem(term);
}

function tooLong(what: string, most: number): Words {
  return { message: `${what} is longer than ${String(most)} characters`, fix: 'make it shorter' };
}

function starProblem(term: string): Words | undefined {
  const star = term.indexOf('*');
  if (star < 0) return undefined;
  if (star < term.length - 1) {
    return { message: `"${shown(term)}" has a * inside`, fix: 'put it at the end: guarante* finds guaranteed' };
  }
  const begun = term.slice(0, star).split(' ').at(-1) ?? '';
  if (begun.length >= SHORTEST_PREFIX) return undefined;
  const fix = `write at least ${String(SHORTEST_PREFIX)} letters before the *`;
  return { message: `"${shown(term)}" would find almost everything`, fix };
}

function gapProblem(term: string): Words | undefined {
  const words = term.split(' ');
  const isLoose = words.includes('_') && (words[0] === '_' || words.at(-1) === '_');
  const isGlued = words.some((word) => word !== '_' && word.includes('_'));
  if (isLoose) {
    return { message: `"${shown(term)}" begins or ends with _`, fix: 'put _ between two words: call _ cell' };
  }
  if (isGlued) {
    return { message: `"${shown(term)}" has a _ inside a word`, fix: 'put spaces around it: call _ cell' };
  }
  return words.some((word, i) => word === '_' && words[i + 1] === '_')
    ? { message: `"${shown(term)}" has two _ side by side`, fix: 'one _ leaves room for up to two words' }
    : undefined;
}

function shown(term: string): string {
  return term.slice(0, 60);
}
