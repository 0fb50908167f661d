/** Begins a thread that judges by a rule set. What is wrong with the set, or with the time and memory it takes, is a value. */
import type { Clock } from '../../core/clock.ts';
import type { RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Compiled } from '../scan.ts';
import type { ScannerThread } from './scanner-thread.ts';

export type CompiledThread =
  | { readonly thread: ScannerThread; readonly compiled: Compiled & { readonly ok: true } }
  | { readonly compiled: Compiled & { readonly ok: false } };

interface Within {
  readonly clock: Clock;
  readonly ms: number;
}

/** The thread is ended where it is of no use. `ms` counts its start. */
export async function compileIn(
  thread: ScannerThread,
  rules: RuleSet,
  { clock, ms, heapMb }: Within & { readonly heapMb: number },
): Promise<CompiledThread> {
  const began = clock.monotonic();
  const compiled = await answerOf(thread, rules, { clock, ms });
  if (compiled !== 'too-slow' && compiled !== 'broken' && compiled.ok) {
    return { thread, compiled: { ...compiled, ms: Math.round(clock.monotonic() - began) } };
  }
  await thread.end();
  if (compiled === 'too-slow') return failed(tooSlow(ms));
  if (compiled === 'broken') return failed(thread.broken === OUT_OF_MEMORY ? tooLarge(heapMb) : ended);
  return { compiled };
}

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

async function answerOf(
  thread: ScannerThread,
  rules: RuleSet,
  { clock, ms }: Within,
): Promise<Compiled | 'too-slow' | 'broken'> {
  const late = Promise.withResolvers<'too-slow'>();
  const cancel = clock.after(ms, () => {
    late.resolve('too-slow');
  });
  try {
    const answer = await Promise.race([thread.ask({ message: { type: 'use', rules } }), late.promise]);
    if (answer === 'too-slow') return answer;
    return answer.type === 'compiled' ? answer.compiled : 'broken';
  } catch {
    return 'broken';
  } finally {
    cancel();
  }
}

function failed(problem: Omit<RuleProblem, 'file' | 'path'>): CompiledThread {
  return { compiled: { ok: false, problems: [{ file: '', path: '', ...problem }] } };
}

const fewer = 'take out words, or patterns that count high ({1,1000}), or make rules of them that need fewer';

function tooSlow(ms: number): Omit<RuleProblem, 'file' | 'path'> {
  return { message: `getting these rules ready takes longer than ${ms / 1_000} s`, fix: fewer };
}

function tooLarge(heapMb: number): Omit<RuleProblem, 'file' | 'path'> {
  return { message: `these rules need more memory than the ${heapMb} MB they may have`, fix: fewer };
}

const ended: Omit<RuleProblem, 'file' | 'path'> = {
  message: 'the thread that got these rules ready ended before it was done',
  fix: 'try again; when it is so again, the log says why (policy.scanner-lost)',
};
