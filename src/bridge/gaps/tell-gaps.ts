/** Task `gap.tell`: every desk is told of a repaired gap, once. */
import type { RoomId } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { tellDesks } from '../tell-desks.ts';
import { gapWords, MOST_TOLD, roomsOf } from './gap-words.ts';
import { roomTitle } from './room-title.ts';

const DONE: Turn = { to: 'done' };
/** On the first day there may be no desk yet. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;

export function createGapHandler(deps: Pick<BridgeDeps, 'homeserver' | 'journal' | 'timezone'>): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'gap.repaired') return DONE;
    const titles = new Map<RoomId, string>();
    for (const { room } of roomsOf(entry.body).slice(0, MOST_TOLD)) {
      titles.set(room, await roomTitle(room, deps.journal));
    }
    const title = (room: RoomId): string => titles.get(room) ?? 'a room';
    const { timezone } = deps;
    const text = gapWords({ repaired: entry.body, at: entry.recordedAt, timezone, title });
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellDesks({ text, source: entry.position, part: 'gap', look }, deps);
    if (!told.ok) return turnOf(told.error);
    const again = told.value === 0 && task.attempts < DESK_TRIES_MAX;
    return again ? { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS } : DONE;
  };
}
