/** Which reaction stands on a message, as a function of how far it got (DESIGN 9). */
import type { FailureKind } from '../../core/failures.ts';
import type { Message, MessageState } from '../messages/message-store.ts';

export interface Face {
  readonly key: '⏳' | '✓' | '✓✓' | '🛑' | '⚠️';
  /** Names the mark in its transaction. */
  readonly name: 'waiting' | 'sent' | 'delivered' | 'stopped' | 'failed';
  /** `com.beeper.message_send_status`, once it is known whether the message went out. */
  readonly status?: 'SUCCESS' | 'FAIL_RETRIABLE' | 'FAIL_PERMANENT';
}

/** Stopped by our own rules, not by the network. */
const STOPPED = new Set<FailureKind>([
  ...(['not-staff', 'opted-out', 'no-consent'] as const),
  ...(['policy-blocked', 'policy-rejected', 'policy-expired', 'policy-warned'] as const),
]);

const FACES: Readonly<Record<MessageState, Face | undefined>> = {
  waiting: { key: '⏳', name: 'waiting' },
  attempting: { key: '⏳', name: 'waiting' },
  // Whether it goes out is not known yet, so no client is told that it failed.
  quarantined: { key: '🛑', name: 'stopped' },
  pending: { key: '⏳', name: 'waiting' },
  sent: { key: '✓', name: 'sent', status: 'SUCCESS' },
  delivered: { key: '✓✓', name: 'delivered' },
  read: { key: '✓✓', name: 'delivered' },
  unknown: { key: '⚠️', name: 'failed', status: 'FAIL_RETRIABLE' },
  failed: { key: '⚠️', name: 'failed', status: 'FAIL_PERMANENT' },
  withdrawn: undefined,
};

/** The marks that say that the network took a message. */
export const SENT_KEYS: ReadonlySet<string> = new Set<Face['key']>(['✓', '✓✓']);

/** Undefined: no mark. */
export function faceOf(message: Pick<Message, 'state' | 'reason'>): Face | undefined {
  const stopped = message.state === 'failed' && message.reason !== undefined && STOPPED.has(message.reason);
  return stopped ? { key: '🛑', name: 'stopped', status: 'FAIL_PERMANENT' } : FACES[message.state];
}
