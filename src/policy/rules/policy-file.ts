/** What the reader of rules takes, and how much of it. */
import type { RuleProblem } from '../rule-problem.ts';

export interface PolicyFile {
  /** As people call it; a lexicon's id is its name without folder and `.txt`. */
  readonly name: string;
  readonly text: string;
  readonly is: 'rules' | 'lexicon';
}

/** A file of rules or a lexicon, bytes. */
export const MOST_FILE_BYTES = 1024 * 1024;
/** Files of both sorts together. */
export const MOST_FILES = 250;
/** In all files together. */
export const MOST_RULES = 200;
export const MOST_LEXICONS = 50;
/** In one lexicon. */
export const MOST_TERMS = 20_000;
/** In one rule. */
export const MOST_PATTERNS = 50;
/** Of one file: who wrote as many mends those first. */
export const MOST_PROBLEMS = 50;

/** Where a problem is: `config/policy/cards.yaml:12`. */
export function fileAt(name: string, line: number): string {
  return `${name}:${String(line)}`;
}

/** Undefined when the file may be read. */
export function fileProblem({ name, text }: PolicyFile): RuleProblem | undefined {
  if (Buffer.byteLength(text) > MOST_FILE_BYTES) {
    return { file: name, path: '', message: 'is larger than 1 MB', fix: 'divide it into several files' };
  }
  return text.isWellFormed() ? undefined : { file: name, path: '', message: 'is not UTF-8', fix: 'save it as UTF-8' };
}
