import { beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { Done, HomeserverFailure } from '../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../src/core/result.ts';
import type { RedactionState } from '../../../src/matrix/admin-api.ts';
import { takeBack } from '../../../src/matrix/take-back.ts';

const of = {
  sender: must(parseUserId('@alice:acme.example')),
  room: must(parseRoomId('!office:acme.example')),
  event: must(parseEventId('$bad')),
  ...{ type: 'm.room.message', at: must(parseMillis(1_760_000_000_123)), reason: 'A company rule' },
};

let waited = 0;
/** Time passes as soon as somebody waits for it. */
const clock = {
  now: () => of.at,
  monotonic: () => 0,
  after: (ms: number, callback: () => void) => {
    waited += ms;
    queueMicrotask(callback);
    return () => undefined;
  },
};

let begun: unknown[];
beforeEach(() => {
  [begun, waited] = [[], 0];
});

function api(states: readonly RedactionState[], failure?: HomeserverFailure) {
  let asked = 0;
  return {
    beginRedaction: (given: unknown): Done<string> => {
      begun.push(given);
      return Promise.resolve(failure === undefined ? ok('redact-1') : err(failure));
    },
    redactionState: (): Done<RedactionState> => {
      const state = states[Math.min(asked, states.length - 1)] ?? { over: false, failed: [] };
      asked += 1;
      return Promise.resolve(ok(state));
    },
  };
}
const over: RedactionState = { over: true, failed: [] };
const under: RedactionState = { over: false, failed: [] };

describe('Taking back one message by the admin token', () => {
  test('waits until the homeserver says that it is done', async () => {
    expect(await takeBack(api([under, under, over]), of, clock)).toEqual(ok(true));
    expect(begun).toEqual([expect.objectContaining({ sender: of.sender, room: of.room, at: of.at })]);
    expect(waited).toBe(400);
  });

  test('is not done where the homeserver could not', async () => {
    expect(await takeBack(api([{ over: true, failed: ['$bad'] }]), of, clock)).toEqual(ok(false));
    expect(await takeBack(api([{ over: true, failed: ['$other'] }]), of, clock)).toEqual(ok(true));
  });

  test.each(['m.room.topic', 'm.reaction', 'm.room.member'])(
    'is not asked for where it is no message: %s',
    async (type) => {
      expect(await takeBack(api([over]), { ...of, type }, clock)).toEqual(ok(false));
      expect(begun).toEqual([]);
    },
  );

  test('is asked for again where the homeserver is busy with that user, and not where it refuses', async () => {
    const busy = { kind: 'refused', status: 400, errcode: 'M_UNKNOWN' } as const;
    const detail = `Redact already in progress for user ${of.sender}`;
    expect(await takeBack(api([over], { ...busy, detail }), of, clock)).toMatchObject(err({ kind: 'rate-limited' }));
    expect(await takeBack(api([over], { ...busy, detail: 'no' }), of, clock)).toMatchObject(err({ kind: 'refused' }));
  });

  test('is unclear where it takes too long', async () => {
    expect(await takeBack(api([under]), of, clock)).toMatchObject(err({ kind: 'unclear' }));
    expect(waited).toBe(10_000);
  });
});
