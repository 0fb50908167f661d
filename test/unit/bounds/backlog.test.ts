import { describe, expect, test } from '@jest/globals';
import { JournalDown } from '../../../src/core/ports/recorder.ts';
import { Backlog, backlogLimits } from '../../../src/journal/append/backlog.ts';
import { noteDraft } from '../../support/journal.ts';

describe('what waits to be recorded', () => {
  const note = noteDraft('a note');
  const big = { ...noteDraft('a big one'), raw: Buffer.alloc(40_000) };

  test('is bounded by callers', () => {
    const backlog = new Backlog({ callers: 3, bytes: 1_000_000 });
    const leave = backlog.enter([note]);
    backlog.enter([note]);
    backlog.enter([]);
    expect(() => backlog.enter([note])).toThrow(JournalDown);
    leave();
    expect(() => backlog.enter([note])).not.toThrow();
  });

  test('is bounded by bytes, raw ones and the body beside them', () => {
    const backlog = new Backlog({ callers: 100, bytes: 200_000 });
    const leave = backlog.enter([big, big]);
    expect(backlog.bytes).toBeGreaterThan(160_000);
    expect(() => backlog.enter([big])).toThrow('the journal is behind');
    leave();
    expect(backlog.bytes).toBe(0);
    expect(() => backlog.enter([big])).not.toThrow();
  });

  test('takes what alone exceeds the limit when nobody else waits', () => {
    const backlog = new Backlog({ callers: 100, bytes: 10 });
    const leave = backlog.enter([big]);
    expect(() => backlog.enter([note])).toThrow(JournalDown);
    leave();
    expect(() => backlog.enter([note])).not.toThrow();
  });

  test('holds two of the largest transactions that a homeserver brings', () => {
    const largest = Array.from({ length: 100 }, () => ({ ...note, raw: Buffer.alloc(100 * 1024) }));
    const backlog = new Backlog(backlogLimits);
    backlog.enter(largest);
    expect(() => backlog.enter(largest)).not.toThrow();
  });
});
