/**
 * How the policy's entries move a message that staff wrote: stopped at the gate, and decided by a person or by nobody.
 * A decision counts only for the verdict that the message stands by, so that the first one on record wins, whatever else
 * was decided in the same moment.
 */
import type { FailureKind } from '../../core/failures.ts';
import type { Position } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import { again, to } from './message-moves.ts';
import type { Message } from './message-store.ts';

type Verdict = Pick<PolicyBodies['policy.verdict'], 'consequence' | 'version' | 'file' | 'afterwards'>;

/**
 * Out of its lane until somebody decides: an officer, or after a warning its sender. It needs the verdict of the text of
 * now: one of a text that was edited since, of a file, or of what was only looked at as it stands in the room, stops nothing.
 */
export function stoppedBy(message: Message, verdict: Verdict, by: Position): Message {
  const { consequence, version, file, afterwards } = verdict;
  if (afterwards === true || (consequence !== 'quarantine' && consequence !== 'warn')) return message;
  if (message.direction !== 'outbound' || file !== undefined || version !== message.replacedBy) return message;
  if (message.state !== 'waiting') return message;
  return to(message, 'quarantined', by, consequence === 'warn' ? 'policy-warned' : undefined);
}

/** It goes out: whether this very text was approved is asked again at the gate. */
export function approved(message: Message, { verdict }: { readonly verdict: Position }, by: Position): Message {
  return standsBy(message, verdict) ? again(message, by) : message;
}

/** Its sender's "send anyway", which answers a warning and never a quarantine. */
export function overridden(message: Message, { of }: { readonly of: Position }, by: Position): Message {
  return standsBy(message, of) && message.reason === 'policy-warned' ? again(message, by) : message;
}

export function rejected(message: Message, { verdict }: { readonly verdict: Position }, by: Position): Message {
  return standsBy(message, verdict) ? to(message, 'failed', by, 'policy-rejected') : message;
}

/** Nobody decided in time. */
export function expired(message: Message, { verdict }: { readonly verdict: Position }, by: Position): Message {
  const reason: FailureKind = message.reason === 'policy-warned' ? 'policy-warned' : 'policy-expired';
  return standsBy(message, verdict) ? to(message, 'failed', by, reason) : message;
}

function standsBy({ state, changed }: Message, verdict: Position): boolean {
  return state === 'quarantined' && changed === verdict;
}
