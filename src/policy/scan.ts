/** Between whoever judges and the thread that does the matching. Messages are structured clones; nothing else is shared. */
import type { JudgedMessage, MessageContext } from './message.ts';
import type { Unreadable } from '../core/policy-words.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSet } from './rule.ts';
import type { Verdict } from './verdict.ts';

export interface Scanning extends AsyncDisposable {
  /**
   * Never rejects: a worker that overruns `deadlineMs` is ended and replaced, and the verdict says `failed` with what the
   * rules' fail modes make of it. At most 1,000 wait; then `not-ready` at once.
   */
  judge(message: JudgedMessage, context: MessageContext, deadlineMs: number): Promise<Verdict>;
  /** Compiles in a spare worker with its own limits and swaps when it is ready; the set before it stays until then. */
  use(rules: RuleSet): Promise<Compiled>;
  /** Text of a file, in the worker for slow things: 20 MB in, 2 MB of text out, 30 s, 128 MB of heap. */
  textOf(file: FileToRead): Promise<FileText>;
  readonly inForce: string;
}

/** Problems name file, rule and what to write instead; with one, nothing is swapped. */
export type Compiled =
  | { readonly ok: true; readonly digest: string; readonly ms: number }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

export interface FileToRead {
  /** As sniffed, not as its sender says. */
  readonly type: string;
  readonly name?: string;
  readonly bytes: Uint8Array;
}
export type FileText =
  | { readonly ok: true; readonly texts: readonly string[]; readonly cut: boolean }
  | { readonly ok: false; readonly why: Unreadable };

/** Worker protocol, by request id. */
export type ToWorker =
  | { readonly id: number; readonly do: 'use'; readonly rules: RuleSet }
  | { readonly id: number; readonly do: 'judge'; readonly message: JudgedMessage; readonly context: MessageContext }
  | { readonly id: number; readonly do: 'text'; readonly file: FileToRead };
export type FromWorker =
  | { readonly id: number; readonly compiled: Compiled }
  | { readonly id: number; readonly verdict: Verdict }
  | { readonly id: number; readonly text: FileText };
