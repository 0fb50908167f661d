import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lastReport } from '../../../../src/bridge/reconcile/report-store.ts';
import { after, must, parseTaskId } from '../../../../src/core/ids.ts';
import { draftOf } from '../../../support/journal.ts';
import { sales } from '../house.ts';
import { DAY, eventAt, millis, noon, openHouse, room, type House } from './compared.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** Events of one minute each, `n` of them from `from` on. */
function events(n: number, from: number, prefix: string, where = room(1)) {
  return Array.from({ length: n }, (_, i) => eventAt(from + i * 60_000, `${prefix}${String(i)}`, where));
}

describe('homeserver and record', () => {
  test('that hold the same are equal, and nobody fetches anything', async () => {
    const all = [...events(10, noon - DAY, 'a'), ...events(7, noon - 3_600_000, 'b', room(2))];
    house.history.has(...all);
    await house.record(...all.toReversed());
    const report = await house.reconcile();
    expect(report).toMatchObject({
      by: 'cli',
      from: Date.UTC(2026, 2, 8),
      to: noon,
      homeserver: { reach: 'all', rooms: 2, unreadRooms: 0, events: 17, fetched: 0, missing: 0, goneThere: 0 },
      unanswered: [],
      findings: [],
      ok: true,
    });
    expect(house.swept).toEqual([]);
  });

  test('differ by what was not brought: it is fetched, from these rooms alone', async () => {
    const all = [...events(10, noon - DAY, 'a'), ...events(7, noon - 3_600_000, 'b', room(2))];
    const quiet = events(5, noon - DAY, 'c', room(3));
    house.history.has(...all, ...quiet);
    await house.record(...all.filter((event) => !['$a4', '$b0', '$b6'].includes(event.source.id)), ...quiet);
    const report = await house.reconcile();
    expect(report).toMatchObject({ homeserver: { events: 22, fetched: 3, missing: 0 }, ok: true });
    expect(house.swept).toMatchObject([{ rooms: [room(1), room(2)] }]);
    expect(house.swept[0]?.since).toBeLessThanOrEqual(noon - DAY + 4 * 60_000);
    const again = await house.reconcile();
    expect(again).toMatchObject({ homeserver: { fetched: 0, missing: 0 }, ok: true });
    expect(again.digest).toBe(report.digest);
  });

  test('whatever stays missing is said, and nothing is well', async () => {
    const all = events(6, noon - DAY, 'a');
    house.history.has(...all);
    await house.record(...all.slice(0, 3));
    house.fetches = (draft) => draft.source.id !== '$a5';
    house.history.pruned.add('$a4');
    const report = await house.reconcile();
    expect(report).toMatchObject({ homeserver: { fetched: 2, unreadable: 1, missing: 1 }, ok: false });
  });

  test('what was purged there is counted and no error', async () => {
    const all = events(8, noon - DAY, 'a');
    house.history.has(...all.filter((_, i) => i !== 2 && i !== 7));
    await house.record(...all, ...events(4, noon - DAY, 'gone', room(9)));
    const report = await house.reconcile();
    expect(report).toMatchObject({ homeserver: { missing: 0, fetched: 0, goneThere: 2 + 4 }, ok: true });
  });

  test('without an admin’s token rooms that can’t be asked about are not called gone', async () => {
    house.history.reach = 'ours';
    house.history.has(...events(2, noon - DAY, 'a'));
    await house.record(...events(2, noon - DAY, 'a'), ...events(4, noon - DAY, 'other', room(9)));
    expect(await house.reconcile()).toMatchObject({ homeserver: { reach: 'ours', goneThere: 0 }, ok: true });
  });

  test('what is older than the time, or than the record itself, is nobody’s to bring', async () => {
    house.history.has(...events(3, noon - 30 * DAY, 'before'), ...events(3, noon - 2 * DAY, 'older'));
    const report = await house.reconcile();
    expect(report).toMatchObject({ homeserver: { events: 0, missing: 0 }, ok: true });
    const whole = await house.reconcile({ since: millis(0) });
    expect(whole.from).toBe(noon - 3 * DAY);
    expect(whole).toMatchObject({ homeserver: { events: 3, fetched: 3 } });
  });

  test('an event whose time is out of order is found all the same, and not called gone', async () => {
    const all = events(9, noon - DAY, 'a');
    const odd = eventAt(noon - 60_000, 'odd');
    house.history.has(odd, ...all);
    await house.record(odd, ...all);
    expect(await house.reconcile()).toMatchObject({ homeserver: { events: 10, missing: 0, goneThere: 0 }, ok: true });
  });

  test('an event that is on record with other content too is one event', async () => {
    const all = events(3, noon - DAY, 'a');
    house.history.has(...all);
    const [first] = all;
    if (first === undefined) throw new Error('no event');
    await house.record(...all, { ...first, body: { ...first.body, content: { msgtype: 'm.text', body: 'other' } } });
    expect(await house.reconcile()).toMatchObject({ homeserver: { events: 3, missing: 0, goneThere: 0 }, ok: true });
  });

  test('a room that is refused is counted, and the others are compared', async () => {
    house.history.has(...events(3, noon - DAY, 'a'), ...events(3, noon - DAY, 'b', room(2)));
    house.history.failing = (_request, where) => (where === room(1) ? 'forbidden' : undefined);
    const report = await house.reconcile();
    expect(report).toMatchObject({ homeserver: { rooms: 2, unreadRooms: 1, fetched: 3 }, unanswered: [] });
  });

  test('a homeserver that is briefly away is asked again; one that stays away is named, and the ledger is read', async () => {
    house.history.has(...events(3, noon - DAY, 'a'));
    house.history.failing = (request) => (request === 2 ? 'down' : undefined);
    const running = house.reconcile();
    await untilTimer(house);
    house.clock.advance(10_000);
    expect(await running).toMatchObject({ homeserver: { fetched: 3 }, unanswered: [] });

    house.history.failing = () => 'down';
    const away = house.reconcile();
    for (let tries = 1; tries < 4; tries += 1) {
      await untilTimer(house);
      house.clock.advance(10_000);
    }
    const report = await away;
    expect(report).toMatchObject({ unanswered: ['homeserver'], ok: false });
    expect(report.homeserver).toBeUndefined();
    expect(report.lines).toMatchObject([{ line: sales.id }]);
  });

  test('two requests a second are the most that a nightly comparison makes', async () => {
    house.history.has(...events(7, noon - DAY, 'a'));
    const began = house.clock.now();
    const running = house.reconcile({ by: 'daily' });
    let ended = false;
    const end = running.finally(() => {
      ended = true;
    });
    while (!(await untilTimer(house, () => ended))) house.clock.advance(500);
    await end;
    const seconds = (house.clock.now() - began) / 1_000;
    expect(house.history.requests).toBe(4);
    expect(house.history.requests / 2).toBeLessThanOrEqual(seconds + 0.5);
  });

  test('being told to stop ends it without a report', async () => {
    house.history.has(...events(7, noon - DAY, 'a'));
    const stop = new AbortController();
    const asked = { by: 'cli', since: millis(noon - DAY), signal: stop.signal } as const;
    const running = house.reconciler().reconcile({
      ...asked,
      progress: () => {
        stop.abort();
      },
    });
    expect(await running).toBe('stopped');
    await house.reconciler().stop();
    expect(await house.reconciler().reconcile({ ...asked, signal: new AbortController().signal })).toBe('stopped');
  });

  test('being told to stop does not wait for a look that may take minutes', async () => {
    house.history.has(...events(3, noon - DAY, 'a'));
    const looking = Promise.withResolvers<boolean>();
    house.fetches = () => {
      looking.resolve(true);
      return false;
    };
    const never = new Promise<boolean>(() => undefined);
    house.beforeSweepEnds = () => never;
    const asked = { by: 'cli', since: millis(noon - DAY), signal: new AbortController().signal } as const;
    const running = house.reconciler().reconcile(asked);
    await looking.promise;
    await house.reconciler().stop();
    expect(await running).toBe('stopped');
  });

  test('only one comparison runs at a time', async () => {
    house.history.has(...events(3, noon - DAY, 'a'));
    const reports = await Promise.all([house.reconcile(), house.reconcile(), house.reconcile()]);
    expect(reports.map((report) => report.homeserver?.fetched)).toEqual([3, 0, 0]);
    expect(house.swept).toHaveLength(1);
  });
});

/** Resolves with false when a timer waits, with true when `over` says so. */
async function untilTimer({ clock }: House, over: () => boolean = () => false): Promise<boolean> {
  while (clock.timers === 0 && !over()) await new Promise((resolve) => setImmediate(resolve));
  return over();
}

describe('the ledger', () => {
  test('accounts for every message of the time by how far it got', async () => {
    const [first, second] = await house.record(
      house.customer(noon - 5_000, 'shown'),
      house.customer(noon - 4_000, 'waits'),
      house.customer(noon - 2 * DAY, 'before'),
    );
    if (first === undefined || second === undefined) throw new Error('not on record');
    await house.record(draftOf('delivery.outcome', { of: first, target: 'matrix', state: 'sent' }));
    const report = await house.reconcile();
    expect(report.lines).toEqual([
      {
        line: sales.id,
        ...{ received: 2, shown: 1, waitingIn: 1, failedIn: 0 },
        ...{ written: 0, sent: 0, delivered: 0, waitingOut: 0, failedOut: 0, unknownOut: 0 },
      },
    ]);
    expect(report).toMatchObject({ findings: [], ok: true });
  });

  test('says what waits with no task to go on with it', async () => {
    const [of] = await house.record(house.customer(noon - 5_000, 'waits'));
    if (of === undefined) throw new Error('not on record');
    await house.test.journal.append([], { settle: [{ task: taskOf(of), to: 'done' }] });
    expect(await house.reconcile()).toMatchObject({
      findings: [{ what: 'forgotten', line: sales.id, of }],
      ok: false,
    });
  });

  test('says what was given to the network and never came back, after ten minutes', async () => {
    const of = await written();
    const attempt = draftOf('delivery.attempt', { of, attempt: 1, target: 'network', text: 'Yes' });
    await house.record(attempt);
    expect(await house.reconcile()).toMatchObject({ lines: [{ written: 1, waitingOut: 1 }], findings: [] });
    house.clock.advance(11 * 60_000);
    expect(await house.reconcile()).toMatchObject({ findings: [{ what: 'attempt-open', of }], ok: false });
  });

  test('says of what the network never told, ten minutes after its time', async () => {
    const of = await written();
    await house.record(draftOf('delivery.attempt', { of, attempt: 1, target: 'network', text: 'Yes' }));
    const settleBy = after(house.clock.now(), 3_600_000);
    const source = { system: `network:${sales.connector}`, id: `outcome/${String(of)}/1`, sure: true };
    await house.record(draftOf('delivery.outcome', { of, target: 'network', state: 'pending', settleBy }, { source }));
    house.clock.advance(3_600_000);
    expect(await house.reconcile()).toMatchObject({ lines: [{ waitingOut: 1 }], findings: [] });
    house.clock.advance(11 * 60_000);
    expect(await house.reconcile()).toMatchObject({ findings: [{ what: 'unsettled', of }], ok: false });
  });

  /** A text that staff wanted sent to a new number. */
  async function written() {
    const [because] = await house.record(eventAt(noon - 6_000, 'asks'));
    if (because === undefined) throw new Error('not on record');
    const by = eventAt(0, 'x').body.sender;
    const { network, id: line, address } = sales;
    const [of] = await house.record(
      draftOf('portal.wanted', { line, network, address, by, because, text: 'Yes' }, { at: millis(noon - 5_000) }),
    );
    if (of === undefined) throw new Error('not on record');
    house.history.has(eventAt(noon - 6_000, 'asks'));
    return of;
  }
});

describe('a provider’s list', () => {
  test('is counted by line, with what was taken in; a provider that can’t be asked is named', async () => {
    house.lists = {
      takeIn: (_connector, since) => {
        expect(since).toBe(Date.UTC(2026, 2, 8));
        return Promise.resolve(new Map([[sales.address, { inbound: 40, takenIn: 1 }]]));
      },
    };
    expect(await house.reconcile()).toMatchObject({ lines: [{ listed: { inbound: 40, takenIn: 1 } }], ok: true });
    house.lists = { takeIn: () => Promise.reject(new Error('503')) };
    const report = await house.reconcile();
    expect(report).toMatchObject({ unanswered: ['connector:carrier'], ok: false });
    expect(house.log.events()).toContain('reconcile.list-failed');
  });
});

describe('reports on record', () => {
  test('are found again, the newest of all and of each kind', async () => {
    await house.reconcile();
    house.clock.advance(1_000);
    const { views } = house.test;
    expect(await views.read((reading) => lastReport(reading, 'daily'))).toBeUndefined();
    await house.reconcile({ by: 'desk' });
    const last = await views.read((reading) => lastReport(reading));
    expect(last?.until).toBe(noon + 1_000);
    expect((await views.read((reading) => lastReport(reading, 'cli')))?.until).toBe(noon);
  });
});

function taskOf(of: number) {
  return must(parseTaskId(`${String(of)}/deliver`));
}
