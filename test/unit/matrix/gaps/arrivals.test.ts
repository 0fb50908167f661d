import { beforeEach, expect, test } from '@jest/globals';
import { Arrivals } from '../../../../src/matrix/gaps/arrivals.ts';
import { HomeserverClock } from '../../../../src/matrix/gaps/homeserver-clock.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const DAY = 86_400_000;

let clock: ManualClock;
let homeserver: HomeserverClock;
let arrivals: Arrivals;
beforeEach(() => {
  clock = new ManualClock();
  homeserver = new HomeserverClock(clock);
  arrivals = new Arrivals(clock, homeserver);
});

/** An event comes that is so old by the homeserver's clock, which is so far behind ours. */
function comes(oldMs: number, aheadMs = 0): void {
  const origin_server_ts = clock.now() - aheadMs - oldMs;
  arrivals.note([{ event_id: '$m', room_id: '!deals:acme.example', origin_server_ts }]);
}

const dateAt = (aheadMs: number): string => new Date(clock.now() - aheadMs).toUTCString();

test('what is more than ten seconds old on arrival belongs to a backlog', () => {
  comes(9_000);
  expect(arrivals.lastBehind).toBeUndefined();
  comes(11_000);
  expect(arrivals.lastBehind).toBe(clock.monotonic());
});

test.each([DAY, -DAY])('clocks that differ by %s ms make no backlog, and hide none', (aheadMs) => {
  homeserver.said(dateAt(aheadMs));
  comes(1_000, aheadMs);
  expect(arrivals.lastBehind).toBeUndefined();
  comes(20_000, aheadMs);
  expect(arrivals.lastBehind).toBe(clock.monotonic());
});

test('our clock that is set while it runs makes no backlog', () => {
  homeserver.said(dateAt(0));
  clock.jump(DAY);
  comes(1_000, DAY);
  expect(arrivals.lastBehind).toBeUndefined();
});

test.each([undefined, '', 'yesterday'])('an answer dated %j changes nothing', (date) => {
  homeserver.said(dateAt(DAY));
  homeserver.said(date);
  comes(1_000, DAY);
  expect(arrivals.lastBehind).toBeUndefined();
});
