/** The entries of alarms. Their ids follow from what came before, so that the same change twice is one entry. */
import type { DraftOf } from '../../core/entry.ts';
import type { Millis, Position } from '../../core/ids.ts';
import type { ClockJump } from '../../core/clock-watch.ts';
import type { Named } from './alarm-words.ts';

/** `before`: the alarm's last entry, 0 when it is its first. */
interface Change extends Named {
  readonly words: string;
  readonly before: Position | 0;
}

function ours(id: string) {
  return { system: 'gatehouse', id, sure: true };
}

export function raisedDraft(at: Millis, { alarm, kind, words, before }: Change): DraftOf<'alarm.raised'> {
  const source = ours(`alarm/${alarm}/raised/${String(before)}`);
  return { kind: 'alarm.raised', at, source, body: { alarm, kind, words } };
}

export function clearedDraft(at: Millis, { alarm, kind, words, before }: Change): DraftOf<'alarm.cleared'> {
  const source = ours(`alarm/${alarm}/cleared/${String(before)}`);
  return { kind: 'alarm.cleared', at, source, body: { alarm, kind, words } };
}

/** `before`: the size of the record when it was noticed. */
export function clockJumpedDraft({ byMs, at }: ClockJump, before: number): DraftOf<'clock.jumped'> {
  return { kind: 'clock.jumped', at, source: ours(`clock/${String(before)}/${String(at)}`), body: { byMs } };
}
