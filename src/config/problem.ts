/** What is wrong in a config file, where, and what to do about it. Holds no secret and no value of one. */
export interface ConfigProblem {
  /** `lines[0].staff`, `line 12, column 3` where the file is no YAML, or the file itself. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** Message and fix travel through zod as the two lines of one text; `toProblems` takes them apart. */
export function say(message: string, fix: string): string {
  return `${message}\n${fix}`;
}

/** The reverse of `say`. */
export function unsay(text: string): Pick<ConfigProblem, 'message' | 'fix'> {
  const [message = text, fix = ''] = text.split('\n');
  return { message, fix };
}

/** `lines[0].staff` for `['lines', 0, 'staff']`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

/** As people read it: one line that says what, and one that says what to do. */
export function problemText(problem: ConfigProblem): string {
  const where = problem.path === '' ? '' : `${problem.path}: `;
  return `${where}${problem.message}${problem.fix === '' ? '' : `\n    → ${problem.fix}`}`;
}
