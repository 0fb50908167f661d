import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { standardLimits as limits } from '../../../../src/bridge/alarms/limits.ts';
import { lineSilent } from '../../../../src/bridge/alarms/rules.ts';
import { TrafficWatch, type Seen } from '../../../../src/bridge/alarms/traffic-watch.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import type { Draft } from '../../../../src/core/entry.ts';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { DOMAIN } from '../fake-homeserver.ts';
import { carrier, line } from './watch-house.ts';

const [HOUR, DAY, WEEK] = [3_600_000, 86_400_000, 7 * 86_400_000];
const sales = line('sales', 'Sales');
const seen: Seen = { upMs: WEEK, isReachable: () => true };
let clock: ManualClock;
let house: TestJournal;
let count: number;

beforeEach(async () => {
  clock = new ManualClock();
  count = 0;
  house = await openTestJournal({ parts: [bridgeWriterPart({ domain: DOMAIN })], clock });
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function texts(many: number): Promise<void> {
  const drafts = Array.from({ length: many }, (): Draft => {
    count += 1;
    const [to, from] = [sales.address, must(parseAddress(`+1202555${String(1000 + (count % 50))}`))];
    const body = { connector: carrier, network: sales.network, to, from, text: 'Hi' };
    const source = { system: 'network:carrier', id: `t${String(count)}`, sure: true };
    return {
      kind: 'network.message',
      at: clock.now(),
      source,
      direction: 'inbound',
      line: sales.id,
      class: sales.class,
      body,
    };
  });
  await house.journal.append(drafts);
}

function watch(): TrafficWatch {
  return new TrafficWatch({ views: house.views, lines: [sales], clock, limits, timezone: 'America/New_York' });
}

async function judged(one: TrafficWatch, how: Seen = seen) {
  const [facts] = await one.facts(how);
  if (facts === undefined) throw new Error('no facts');
  return { is: lineSilent(facts, undefined), windows: facts.windows };
}

/** Four weeks with `many` texts at this hour of each. */
async function weeks(many: readonly number[]): Promise<void> {
  for (const texts_ of many) {
    await texts(texts_);
    clock.advance(WEEK);
  }
  // The texts of the week before came half an hour ago by the clock of the week.
  clock.advance(HOUR / 2);
}

test('a line is compared with the same window of the four weeks before', async () => {
  await weeks([8, 6, 0, 7]);
  expect(await judged(watch())).toEqual({
    is: 'so',
    windows: [
      { hours: 1, now: 0, before: [7, 0, 6, 8] },
      { hours: 4, now: 0, before: [7, 0, 6, 8] },
      { hours: 24, now: 0, before: [7, 0, 6, 8] },
    ],
  });
});

test('an hour of summer time is no other hour', async () => {
  // 2023-11-05 is when New York leaves it; the clock of these tests begins on 2023-11-14.
  clock.jump(-2 * WEEK);
  await texts(9);
  clock.advance(HOUR + WEEK);
  await weeks([9, 9, 9]);
  expect((await judged(watch())).windows[0]).toEqual({ hours: 1, now: 0, before: [9, 9, 9, 9] });
});

test('a text ends the silence at the next look, and nothing before it is told again', async () => {
  await weeks([8, 8, 8, 8]);
  const one = watch();
  expect((await judged(one)).is).toBe('so');
  await texts(1);
  clock.advance(30_000);
  expect(await judged(one)).toEqual({ is: 'over', windows: [] });
});

test('what can’t be judged is left out: after a start, and after the clock was set', async () => {
  await weeks([8, 8, 8, 8]);
  const hours = async (how: Partial<Seen>) =>
    (await judged(watch(), { ...seen, ...how })).windows.map((one) => one.hours);
  expect(await hours({ upMs: HOUR - 1 })).toEqual([]);
  expect(await hours({ upMs: HOUR })).toEqual([1, 4, 24]);
  expect(await hours({ sinceJumpMs: 4 * HOUR - 1 })).toEqual([1]);
  expect(await hours({ sinceJumpMs: DAY })).toEqual([1, 4, 24]);
});

test('counting ends where a line is busy anyway', async () => {
  await weeks([1_200, 1, 1, 1]);
  expect((await judged(watch())).windows[0]?.before).toEqual([1, 1, 1, 1_000]);
});
