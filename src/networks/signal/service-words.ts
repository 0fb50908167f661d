/** What the network itself says of a chat, in words for people. */
import type { WireData } from './wire.ts';

const spans: readonly (readonly [seconds: number, word: string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** Undefined where it is somebody's words. */
export function serviceWords(data: WireData): string | undefined {
  if (data.isExpirationUpdate) return timerWords(data.expiresInSeconds ?? 0);
  if (data.pinMessage !== undefined) return 'A message was pinned.';
  if (data.unpinMessage !== undefined) return 'A message was unpinned.';
  if (data.groupCallUpdate !== undefined) return 'A group call began or ended.';
  if (data.groupInfo?.type === 'UPDATE' && (data.message ?? '') === '') return 'The group was changed.';
  return undefined;
}

export function callWords(type: string | undefined): string {
  return type === 'VIDEO_CALL'
    ? 'Video call. It can only be answered on the phone.'
    : 'Voice call. It can only be answered on the phone.';
}

function timerWords(seconds: number): string {
  if (seconds === 0) return 'Disappearing messages were switched off.';
  return `Disappearing messages were switched on: on Signal they go after ${spanWords(seconds)}. The record keeps them.`;
}

function spanWords(seconds: number): string {
  const [unit, word] = spans.find(([each]) => seconds % each === 0) ?? [1, 'second'];
  const many = seconds / unit;
  return `${String(many)} ${word}${many === 1 ? '' : 's'}`;
}
