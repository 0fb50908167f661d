import { describe, expect, test } from '@jest/globals';
import { gapWords } from '../../../../src/bridge/gaps/gap-words.ts';
import type { EntryBodies } from '../../../../src/core/entry.ts';
import { must, parseMillis, parsePosition, type RoomId } from '../../../../src/core/ids.ts';
import { roomId } from '../../../support/stream-model.ts';

const at = (time: string) => must(parseMillis(Date.parse(`2026-03-02T${time}Z`)));
const titles = new Map<RoomId, string>([
  [roomId('deals'), 'room “Deals”'],
  [roomId('ann'), 'the chat with Ann Lee'],
]);

function words(body: Omit<EntryBodies['gap.repaired'], 'by'>): string {
  const title = (room: RoomId): string => titles.get(room) ?? 'a room';
  return gapWords({ repaired: { by: 'restart', ...body }, at: at('10:06:00'), timezone: 'UTC', title });
}

function gap(room: string, events: number, more: { unreadable?: number; from?: string; to?: string } = {}) {
  const { unreadable = 0, from = '10:01:00', to = '10:04:00' } = more;
  return { room: roomId(room), events, unreadable, from: at(from), to: at(to), found: must(parsePosition(events + 1)) };
}

describe('what a desk is told of a gap', () => {
  test('in one room: how much, where, from when, and that it is on record', () => {
    expect(words({ rooms: [gap('deals', 3)], events: 3, unreadable: 0 })).toBe(
      'Gap: 3 events of room “Deals” (10:01–10:04) were not delivered to us by the homeserver; fetched and recorded at 10:06.',
    );
  });

  test('of one event, in the singular', () => {
    expect(words({ rooms: [gap('ann', 1, { to: '10:01:00', unreadable: 1 })], events: 1, unreadable: 1 })).toBe(
      "Gap: 1 event of the chat with Ann Lee (10:01) was not delivered to us by the homeserver; fetched and recorded at 10:06.\nIt can't be read: it was deleted before we could fetch it.",
    );
  });

  test('in many rooms: the three largest by name, and what was deleted', () => {
    const rooms = [gap('deals', 1_200), gap('ann', 30), gap('x', 4), gap('y', 2)];
    expect(words({ rooms, events: 1_236, unreadable: 2 })).toBe(
      [
        'Gap: 1,236 events of 4 rooms (10:01–10:04) were not delivered to us by the homeserver; fetched and recorded at 10:06.',
        'room “Deals”: 1,200 · the chat with Ann Lee: 30 · a room: 4 · and 1 more',
        "2 of them can't be read: they were deleted before we could fetch them.",
      ].join('\n'),
    );
  });

  test('a room that a crash let be found twice is one, and one in which nothing was missing is none', () => {
    const rooms = [gap('deals', 2), gap('deals', 3, { from: '09:59:00' }), gap('ann', 0)];
    expect(words({ rooms, events: 5, unreadable: 0 })).toContain('5 events of room “Deals” (09:59–10:04)');
  });

  test('of another day, with the day; of more rooms than are listed, without', () => {
    const repaired = { rooms: [{ ...gap('deals', 2), from: must(parseMillis(Date.parse('2026-03-01T23:00:00Z'))) }] };
    expect(words({ ...repaired, events: 2, unreadable: 0 })).toContain('(1 Mar 23:00–10:04)');
    expect(words({ rooms: [], events: 9_000, unreadable: 0 })).toBe(
      'Gap: 9,000 events of many rooms were not delivered to us by the homeserver; fetched and recorded at 10:06.',
    );
  });
});
