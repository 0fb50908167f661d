/** Where a verdict stands, as a function of where it stood and what happened: no database, so every cell can be tested. */
import type { Consequence } from '../../core/policy-words.ts';
import type { Position } from '../../core/ids.ts';

export const verdictStates = [
  /** Somebody must decide. */
  'open',
  'approved',
  'rejected',
  'expired',
  /** Its message was deleted or cancelled by its sender. */
  'withdrawn',
  /** Its message was edited: another verdict follows. */
  'superseded',
  /** Its sender said "send anyway". */
  'overridden',
  /** There is nothing to decide. */
  'closed',
] as const;
export type VerdictState = (typeof verdictStates)[number];

export type VerdictMove = Exclude<VerdictState, 'open' | 'closed'>;

/** What is known of a message that may get a verdict. */
export interface MessageNow {
  /** The newest edit of its author. */
  readonly version: Position | undefined;
  /** Deleted or cancelled before it went out. */
  readonly gone: boolean;
}

export interface NewVerdict {
  readonly consequence: Consequence | 'none';
  readonly version?: Position;
  readonly file?: Position;
}

/** Whether a message stops at the gate for this until a person decides. */
export function holds(consequence: Consequence | 'none'): boolean {
  return consequence === 'quarantine' || consequence === 'warn';
}

/** A verdict on a text that is no longer the message's own, or whose message is gone, needs no decision. */
export function beginsAs({ consequence, version, file }: NewVerdict, message: MessageNow | undefined): VerdictState {
  if (!holds(consequence) || file !== undefined) return 'closed';
  if (message?.gone === true) return 'withdrawn';
  return (message?.version ?? 0) > (version ?? 0) ? 'superseded' : 'open';
}

/** The first decision wins. A "send anyway" answers a warning and never a quarantine. */
export function moved(
  verdict: { readonly state: VerdictState; readonly consequence: Consequence | 'none' },
  move: VerdictMove,
): VerdictState {
  if (verdict.state !== 'open') return verdict.state;
  return move === 'overridden' && verdict.consequence !== 'warn' ? 'open' : move;
}
