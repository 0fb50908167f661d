/** How far a message got, as a function of where it was and what happened: no database, so every row can be tested. */
import type { EntryBodies } from '../../core/entry.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import { failures, type FailureKind } from '../../core/failures.ts';
import type { Position } from '../../core/ids.ts';
import type { Message, MessageState } from './message-store.ts';

/** The states in which a message is, or may be, at the network. */
export function wentOut(state: MessageState): boolean {
  return ['pending', 'sent', 'delivered', 'read', 'unknown'].includes(state);
}

/** Whether an edit by `sender` is one of a message that is, or may be, at the network. */
export function isLateEdit(
  sender: string | undefined,
  message: Pick<Message, 'direction' | 'sender' | 'state'>,
): boolean {
  const { direction, state } = message;
  return direction === 'outbound' && message.sender === sender && (wentOut(state) || state === 'attempting');
}

/** Whether Gatehouse goes on by itself after this failure. */
export function goesOn(reason: FailureKind): boolean {
  return failures[reason].retry.how !== 'never';
}

/** A message in another state, and why it is. */
export function to(message: Message, state: MessageState, by: Position, reason?: FailureKind): Message {
  return { ...message, state, changed: by, reason };
}

export function attempted(message: Message, by: Position): Message {
  if (message.state !== 'waiting' && message.state !== 'attempting') return message;
  return {
    ...to(message, 'attempting', by),
    attempts: message.attempts + 1,
    attemptedVersion: message.replacedBy,
  };
}

/** No word of a network moves these: they arrived, or nothing of them is there. */
const DEAF: readonly MessageState[] = ['withdrawn', 'quarantined', 'delivered', 'read'];

/** Late results may still come after a message was called unknown; nothing moves one that was withdrawn. */
export function settled(message: Message, body: EntryBodies['delivery.outcome'], by: Position): Message {
  if (DEAF.includes(message.state)) return message;
  switch (body.state) {
    case 'sent':
    case 'pending':
      return to(message, body.state, by);
    case 'unknown':
      return { ...to(message, 'unknown', by, body.reason ?? 'unknown'), wasUnknown: true };
    case 'failed':
      return failed(message, body.reason ?? 'internal', by);
  }
}

function failed(message: Message, reason: FailureKind, by: Position): Message {
  if (!goesOn(reason)) return to(message, 'failed', by, reason);
  return message.withdrawWish ? to(message, 'withdrawn', by, 'withdrawn') : to(message, 'waiting', by, reason);
}

/** Waiting, for its turn or for a person: it is withdrawn. During an attempt: it is, if that doesn't send it. Later: nothing. */
export function withdrawn(message: Message, by: Position): Message {
  if (message.state === 'waiting' || message.state === 'quarantined') return to(message, 'withdrawn', by, 'withdrawn');
  return message.state === 'attempting' ? { ...message, withdrawWish: true } : message;
}

export function abandoned(message: Message, reason: FailureKind, by: Position): Message {
  if (reason === 'withdrawn') return withdrawn(message, by);
  const open = message.state === 'waiting' || message.state === 'attempting';
  return open ? to(message, 'failed', by, reason) : message;
}

/**
 * What did not go out takes the new text, whether it still waits or is retried; of what did, the edit is only counted.
 * What was stopped at the gate is asked for again by it: the new text is judged anew.
 */
export function edited(message: Message, by: Position): Message {
  if (message.state === 'quarantined') return { ...again(message, by), replacedBy: by };
  return wentOut(message.state) ? { ...message, lateEdits: message.lateEdits + 1 } : { ...message, replacedBy: by };
}

/** It waits behind one that was written before it; what is under way or ended is left alone. */
export function deferred(message: Message, by: Position): Message {
  return message.state === 'waiting' ? { ...message, changed: by } : message;
}

/** What was decided about it holds: the same text never goes out. */
const DECIDED: ReadonlySet<FailureKind | undefined> = new Set(['policy-blocked', 'policy-rejected'] as const);

/** A person wants it tried again; what is under way or arrived is left alone, and so is what a rule or an officer refused. */
export function retried(message: Message, by: Position): Message {
  if (!['failed', 'unknown', 'withdrawn'].includes(message.state)) return message;
  return message.state === 'failed' && DECIDED.has(message.reason) ? message : again(message, by);
}

/** It waits for a turn once more, by the will of a person. */
export function again(message: Message, by: Position): Message {
  return { ...to(message, 'waiting', by), generation: message.generation + 1, withdrawWish: false };
}

const order: Readonly<Record<MessageState, number>> = {
  waiting: 0,
  attempting: 0,
  quarantined: 0,
  withdrawn: 0,
  unknown: 1,
  pending: 1,
  sent: 2,
  failed: 3,
  delivered: 4,
  read: 5,
};

/** What the parts' receipts say together; never backwards. */
export function received(message: Message, whole: ReceiptState | 'sent' | 'unheard', by: Position): Message {
  const state = receiptStates[whole];
  if (state === undefined || order[state] <= order[message.state] || order[message.state] === 0) return message;
  return to(message, state, by, failureOf[whole]);
}

const receiptStates: Readonly<Partial<Record<string, MessageState>>> = {
  sent: 'sent',
  accepted: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  expired: 'failed',
};
const failureOf: Readonly<Partial<Record<string, FailureKind>>> = { failed: 'not-delivered', expired: 'expired' };
