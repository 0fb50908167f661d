/** An answer of Alice's as the bridge knows it: record 7 in portal p1. */
import {
  must,
  parseEventId,
  parseMillis,
  parsePortalId,
  parsePosition,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { Message, MessageState } from '../../../src/bridge/messages/message-store.ts';

export const at = (n: number) => must(parsePosition(n));

export function madeMessage(state: MessageState, more: Partial<Message> = {}): Message {
  return {
    position: at(7),
    portal: must(parsePortalId('p1')),
    direction: 'outbound',
    room: must(parseRoomId('!r:acme.example')),
    event: must(parseEventId('$e')),
    sender: must(parseUserId('@alice:acme.example')),
    at: must(parseMillis(1)),
    recordedAt: must(parseMillis(1)),
    state,
    changed: at(7),
    reason: undefined,
    attempts: 0,
    generation: 0,
    replacedBy: undefined,
    attemptedVersion: undefined,
    withdrawWish: false,
    wasUnknown: false,
    lateEdits: 0,
    ...more,
  };
}
