/** The scanner thread's side: compiles a rule set, judges messages by it, reads the text of files; one thing at a time. */
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import type { Result } from '../../core/result.ts';
import type { RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Compiled, FileText, FileToRead } from '../scan.ts';
import type { Judge } from '../verdict.ts';
import { toScanner, type FromScanner, type ToScanner } from './protocol.ts';

export interface ScannerParts {
  compile(rules: RuleSet): Result<Judge, readonly RuleProblem[]>;
  textOf(file: FileToRead): Promise<FileText>;
}

/** Serves until the thread is ended from outside: it keeps nothing that would have to be put away. Called by `scanner.ts`. */
export function serveScanner(port: MessagePort, parts: ScannerParts): void {
  let judge: Judge | undefined;
  const use = (rules: RuleSet): Compiled => {
    const began = systemClock.monotonic();
    const compiled = parts.compile(rules);
    if (!compiled.ok) return { ok: false, problems: compiled.error };
    judge = compiled.value;
    return { ok: true, digest: rules.digest, ms: Math.round(systemClock.monotonic() - began) };
  };
  const answerTo = async (question: ToScanner): Promise<FromScanner> => {
    switch (question.type) {
      case 'use':
        return { type: 'compiled', compiled: use(question.rules) };
      case 'judge':
        if (judge === undefined) throw new Error('a scanner thread was asked before it had rules');
        return { type: 'judged', verdict: judge(question.message, question.context) };
      case 'read':
        return { type: 'text', text: await parts.textOf(question.file) };
    }
  };
  port.on('message', (message: unknown) => {
    answerTo(toScanner.parse(message)).then((answer) => {
      port.postMessage(answer);
    }, die);
  });
}

/** What was not foreseen ends the thread: whoever asked is told so, and another thread begins. */
function die(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
