/** Between whoever judges and the thread that does the matching (`thread/`). */
import type { JudgedMessage, MessageContext } from './message.ts';
import type { Unreadable } from '../core/policy-words.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSet } from './rule.ts';
import type { Verdict } from './verdict.ts';

export interface Scanning extends AsyncDisposable {
  /**
   * Never rejects, and has answered by `deadlineMs`. A message that takes longer than that itself ends its thread, another
   * one begins, and the verdict says `failed` with what the rules' fail modes make of it; three times, and for ten minutes
   * this content is answered so at once. `not-ready` where it has only waited, where 1,000 wait already, or before there are
   * rules: then it is worth asking again.
   */
  judge(message: JudgedMessage, context: MessageContext, deadlineMs: number): Promise<Verdict>;
  /** Compiles in a spare worker with its own limits and swaps when it is ready; the set before it stays until then. */
  use(rules: RuleSet): Promise<Compiled>;
  /** Text of a file, in the worker for slow things: 20 MB in, 2 MB of text out, 30 s, 128 MB of heap. */
  textOf(file: FileToRead): Promise<FileText>;
  /** Digest of the set that messages are judged by; empty before the first one is ready. */
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
  | {
      readonly ok: true;
      readonly texts: readonly string[];
      /** The file says more. */
      readonly cut: boolean;
      /** Why some of it could not be read. */
      readonly unread?: Unreadable;
    }
  | { readonly ok: false; readonly why: Unreadable };
