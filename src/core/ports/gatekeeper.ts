/** What is asked before a message crosses; `policy/` implements it, `app/` joins them. Absent: nothing is judged. */
import type { Draft } from '../entry.ts';
import type { Position } from '../ids.ts';
import type { Judged } from '../policy-entries.ts';

/** What may be done with this very content now. `entries`, a `policy.verdict` at most, go on record with what is done. */
export type Passage =
  /** `judged` goes into the attempt. */
  | { readonly may: 'pass'; readonly judged: Judged; readonly entries: readonly Draft[] }
  /** It leaves its lane until somebody decides: an officer (quarantine), or its sender (warn). Without entries: it is undecided. */
  | { readonly may: 'not-now'; readonly entries: readonly Draft[] }
  /** This content never goes out: `words` are for the sender, after "a company rule stopped it". */
  | { readonly may: 'never'; readonly words: string; readonly entries: readonly Draft[] }
  /** It can't be said now: the thread starts anew, or a projection is stale. Nothing is counted against the message. */
  | { readonly may: 'ask-again'; readonly afterMs: number };

/** An edit of what went out. */
export interface EditJudged {
  /** The message. */
  readonly of: Position;
  readonly edit: Position;
  /** What the network would be given; absent where the customer keeps the text of before, and the room alone shows the new. */
  readonly text?: string;
}

/** How a customer's message, or a first text that staff asked for with a command, is shown in its chat. */
export type Showing =
  /** `text` in place of its own where a rule hides something in it; `entries` go on record before it is shown. */
  | { readonly may: 'show'; readonly text?: string; readonly entries: readonly Draft[] }
  /** As above. It is shown in the end, whatever is wrong with the engine. */
  | { readonly may: 'ask-again'; readonly afterMs: number };

export interface Gatekeeper {
  /**
   * Of the message at `of`, whose text in its version of now would go out as `text`. Reads the record, writes nothing, and
   * says the same after a crash. It never rejects for what is in the text.
   */
  mayPass(of: Position, version: Position | undefined, text: string): Promise<Passage>;
  /**
   * Of an edit of what went out: nobody is asked about it, so that it passes or never does, and it gets one verdict, whoever
   * asks how often. The same promises hold.
   */
  mayChange(edited: EditJudged): Promise<Exclude<Passage, { readonly may: 'not-now' }>>;
  /** Of the customer's message or the first text at `of`, asked before it is shown. The same promises hold. */
  mayShow(of: Position): Promise<Showing>;
}
