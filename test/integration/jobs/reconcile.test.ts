import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { askLists, askUntilTold, type ListWatchDeps } from '../../../src/bridge/reconcile/list-watch.ts';
import { dailyOverdue, reconcileDaily } from '../../../src/jobs/reconcile.ts';
import type { ProviderLists } from '../../../src/bridge/reconcile/missed.ts';
import type { Asked } from '../../../src/bridge/reconcile/reconcile.ts';
import { carrier } from '../bridge/house.ts';
import { until } from '../../support/carrier.ts';
import { DAY, millis, noon, openHouse, type House } from '../bridge/reconcile/compared.ts';

const HOUR = 3_600_000;
let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function daily(asked: Asked[] = []) {
  const { clock } = house;
  const { journal } = house.test;
  const real = house.reconciler();
  const reconciler = {
    reconcile: (one: Asked) => {
      asked.push(one);
      return real.reconcile(one);
    },
  };
  return reconcileDaily({ journal, reconciler, clock });
}

describe('the nightly comparison', () => {
  const { signal } = new AbortController();

  test('is of yesterday and today, on record when it ends, and then not overdue for a day', async () => {
    const { clock } = house;
    const { journal } = house.test;
    expect(await dailyOverdue({ journal, clock })).toBe(true);
    const asked: Asked[] = [];
    await daily(asked).run(signal);
    expect(asked).toMatchObject([{ by: 'daily', since: noon - DAY }]);
    expect(await dailyOverdue({ journal, clock })).toBe(false);
    clock.advance(26 * HOUR);
    expect(await dailyOverdue({ journal, clock })).toBe(true);
  });

  test('goes back to where the last one ended, a month at most', async () => {
    const asked: Asked[] = [];
    await daily(asked).run(signal);
    house.clock.advance(5 * DAY);
    await daily(asked).run(signal);
    house.clock.advance(100 * DAY);
    await daily(asked).run(signal);
    expect(asked.map(({ since }) => since)).toEqual([noon - DAY, noon, noon + 105 * DAY - 31 * DAY]);
  });

  test('that is told to stop leaves no report', async () => {
    const stop = new AbortController();
    stop.abort();
    await daily().run(stop.signal);
    const { clock } = house;
    expect(await dailyOverdue({ journal: house.test.journal, clock })).toBe(true);
  });

  test('that was cut off in the night is made up for in the morning', async () => {
    const { clock } = house;
    const { journal } = house.test;
    await daily().run(signal);
    clock.advance(14.4 * HOUR);
    expect(await dailyOverdue({ journal, clock })).toBe(false);
    clock.advance(0.1 * HOUR);
    expect(await dailyOverdue({ journal, clock })).toBe(true);
  });

  test('is not overdue in the first day of a record', async () => {
    await using fresh = await openHouse({ began: noon - HOUR });
    expect(await dailyOverdue({ journal: fresh.test.journal, clock: fresh.clock })).toBe(false);
  });
});

describe('asking providers what they list', () => {
  const { signal } = new AbortController();
  let since: number[];
  let deps: ListWatchDeps;
  beforeEach(() => {
    since = [];
    house.lists = {
      takeIn: (_connector, from) => {
        since.push(from);
        return Promise.resolve(new Map());
      },
    };
    const { clock, log } = house;
    const lists: ProviderLists = { takeIn: (...asked) => house.lists.takeIn(...asked) };
    deps = { journal: house.test.journal, lists, connectors: [carrier], clock, log };
  });

  test('begins an hour before the last time that it was read to its end, after a restart too', async () => {
    await askLists(deps, signal);
    house.clock.advance(3 * HOUR);
    await askLists({ ...deps }, signal);
    expect(since).toEqual([noon - HOUR, noon - HOUR]);
    await askLists(deps, signal);
    expect(since.at(-1)).toBe(noon + 2 * HOUR);
  });

  test('that fails, or is cut off, is for the whole time again', async () => {
    await askLists(deps, signal);
    house.clock.advance(2 * HOUR);
    const listing = house.lists;
    house.lists = { takeIn: () => Promise.reject(new Error('503')) };
    await askLists(deps, signal);
    expect(house.log.events()).toContain('reconcile.list-failed');
    const stop = new AbortController();
    house.lists = {
      takeIn: () => {
        stop.abort();
        return Promise.resolve(new Map());
      },
    };
    await askLists(deps, stop.signal);
    house.lists = listing;
    await askLists(deps, signal);
    expect(since).toEqual([noon - HOUR, noon - HOUR]);
  });

  test('that fails at the start is repeated until the provider has told, and not after the stop', async () => {
    await askLists(deps, signal);
    const listing = house.lists;
    let failing = 3;
    house.lists = {
      takeIn: (...asked) => {
        failing -= 1;
        return failing < 0 ? listing.takeIn(...asked) : Promise.reject(new Error('no network yet'));
      },
    };
    const connectors = await askLists(deps, signal);
    expect(connectors).toEqual([carrier]);
    const stop = new AbortController();
    const stopped = askUntilTold({ ...deps, connectors }, stop.signal);
    stop.abort();
    await stopped;
    expect(failing).toBe(2);
    let over = false;
    const told = askUntilTold({ ...deps, connectors }, signal).then(() => {
      over = true;
    });
    await until('the provider to have told', () => {
      house.clock.advance(5_000);
      return over;
    });
    await told;
    expect(since).toEqual([noon - HOUR, noon - HOUR]);
  });

  test('a clock that was set back does not leave out what came since', async () => {
    house.clock.advance(10 * DAY);
    await askLists(deps, signal);
    const earlier = { now: () => millis(noon), monotonic: () => 0, after: () => () => undefined };
    await askLists({ ...deps, clock: earlier }, signal);
    expect(since.at(-1)).toBe(noon - HOUR);
  });
});
