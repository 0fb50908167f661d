import { describe, expect, test } from '@jest/globals';
import { fateOf, type Fate } from '../../../src/bridge/files/file-failure.ts';
import type { HomeserverFailure } from '../../../src/core/ports/homeserver.ts';

function told(fate: Fate): string {
  switch (fate.is) {
    case 'missing':
      return `missing: ${fate.why}`;
    case 'given-up':
      return 'given up';
    case 'later':
      return fate.turn.to === 'gate' ? 'gate' : 'again';
  }
}

const detail = 'why';
const refused = (status: number, errcode: string): HomeserverFailure => ({ kind: 'refused', status, errcode, detail });

const table: readonly (readonly [HomeserverFailure, first: string, sixth: string])[] = [
  [{ kind: 'too-large', detail }, 'missing: too-large', 'missing: too-large'],
  [{ kind: 'not-found', errcode: 'M_NOT_FOUND', detail }, 'missing: not-found', 'missing: not-found'],
  [{ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail }, 'missing: refused', 'missing: refused'],
  // Our own token is wrong: that says nothing about the file.
  [{ kind: 'forbidden', errcode: 'M_UNKNOWN_TOKEN', detail }, 'again', 'given up'],
  [refused(400, 'M_INVALID_PARAM'), 'missing: refused', 'missing: refused'],
  // A server that is too old to know the request.
  [refused(404, 'M_UNRECOGNIZED'), 'again', 'given up'],
  [refused(404, 'M_UNKNOWN'), 'again', 'given up'],
  // Another server can't be reached, or its file isn't uploaded yet.
  [refused(502, 'M_UNKNOWN'), 'again', 'given up'],
  [refused(504, 'M_NOT_YET_UPLOADED'), 'again', 'given up'],
  [{ kind: 'unclear', detail }, 'again', 'given up'],
  [{ kind: 'rate-limited', afterMs: 1 }, 'again', 'given up'],
  // Our homeserver is down: however long, nothing is given up.
  [{ kind: 'down', detail }, 'gate', 'gate'],
];

describe('a file that the homeserver did not give', () => {
  test.each(table)('%j', (failure, first, sixth) => {
    expect(told(fateOf(failure, 0))).toBe(first);
    expect(told(fateOf(failure, 5))).toBe(sixth);
  });

  test('is tried again after longer and longer waits, and never sooner than the homeserver asks', () => {
    const waits = [0, 1, 2, 3, 4].map((attempts) => {
      const fate = fateOf({ kind: 'unclear', detail }, attempts);
      return fate.is === 'later' && fate.turn.to === 'retry' ? fate.turn.afterMs : undefined;
    });
    expect(waits).toEqual([5_000, 20_000, 60_000, 180_000, 300_000]);
    expect(fateOf({ kind: 'rate-limited', afterMs: 90_000 }, 0)).toMatchObject({ turn: { afterMs: 90_000 } });
  });
});
