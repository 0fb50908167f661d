import { describe, expect, test } from '@jest/globals';
import { countMessages, messagesIn } from '../../../src/bridge/messages/message-store.ts';
import { portalsAfter } from '../../../src/bridge/portals/portal-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { reconcileWriterPart } from '../../../src/bridge/reconcile/projections.ts';
import { lastReport } from '../../../src/bridge/reconcile/report-store.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { ReceivedSources } from '../../../src/journal/received-sources.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { DOMAIN } from '../../integration/bridge/fake-homeserver.ts';
import { DAY, eventAt, noon, openHouse, room, type House } from '../../integration/bridge/reconcile/compared.ts';
import { draftOf } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();

describe.each(['sqlite', 'postgres'] as const)('what reconciliation reads on %s', (dialect) => {
  const open = (): Promise<House> => openHouse({ postgres: serverOf(dialect) });

  test('messages by state and time, and portals a page at a time', async () => {
    await using house = await open();
    const [first, second] = await house.record(
      house.customer(noon - 3_000, 'one'),
      house.customer(noon - 2_000, 'two'),
      house.customer(noon, 'at the end of the time'),
    );
    if (first === undefined || second === undefined) throw new Error('not on record');
    await house.record(draftOf('delivery.outcome', { of: first, target: 'matrix', state: 'sent' }));
    await house.test.views.read(async (reading) => {
      const [portal] = await portalsAfter(reading, '', 10);
      expect(portal).toMatchObject({ line: 'sales' });
      if (portal === undefined) return;
      expect(await portalsAfter(reading, portal.portal, 10)).toEqual([]);
      expect(await portalsAfter(reading, '', 0)).toEqual([]);
      const of = { portal: portal.portal, direction: 'inbound', from: noon - 3_000, to: noon } as const;
      const counts = await countMessages(reading, of);
      expect([...counts].sort((a, b) => (a.state < b.state ? -1 : 1))).toEqual([
        { state: 'sent', n: 1 },
        { state: 'waiting', n: 1 },
      ]);
      expect(await countMessages(reading, { ...of, direction: 'outbound' })).toEqual([]);
      const waiting = await messagesIn(reading, { ...of, state: 'waiting', limit: 5 });
      expect(waiting.map(({ position }) => position)).toEqual([second]);
    });
  });

  test('what came from outside, newest first, by keys alone; what was never there is missing', async () => {
    await using house = await open();
    const { journal } = house.test;
    const sources = new ReceivedSources(journal.database, journal.keys);
    const events = Array.from({ length: 1_100 }, (_, i) => eventAt(noon - DAY + i, `e${String(i)}`, room(1 + (i % 2))));
    await house.record(...events, house.customer(noon, 'text'));
    const seen: string[] = [];
    for await (const page of sources.backFrom(await journal.size())) {
      expect(page.received.length).toBeLessThanOrEqual(1_000);
      seen.push(...page.received.map(({ is }) => is));
    }
    expect(seen.filter((is) => is === 'event')).toHaveLength(1_101);
    expect(seen.filter((is) => is === 'message')).toHaveLength(1);
    let ofRoom = 0;
    const within = { from: 1, to: await journal.size(), since: noon - DAY, until: noon - DAY + 1_000 };
    for await (const page of sources.eventsOf(room(2), within)) ofRoom += page.length;
    expect(ofRoom).toBe(500);
    const keys = [events[0], eventAt(noon, 'never')].flatMap((one) =>
      one === undefined ? [] : [sources.keyOf(one.source)],
    );
    expect(await sources.missing(keys)).toEqual(keys.slice(1));
  });

  test('a whole comparison, and its report, which a rebuild finds again', async () => {
    const house = await open();
    const events = Array.from({ length: 8 }, (_, i) => eventAt(noon - DAY + i * 1_000, `e${String(i)}`));
    house.history.has(...events);
    await house.record(...events.slice(2), house.customer(noon - 1_000, 'text'));
    const report = await house.reconcile();
    expect(report).toMatchObject({
      homeserver: { events: 8, fetched: 2, missing: 0 },
      lines: [{ received: 1 }],
      ok: true,
    });
    const { test: kept } = house;
    const last = await kept.views.read((reading) => lastReport(reading, 'cli'));
    expect(last).toEqual({ position: await kept.journal.size(), until: noon });
    await kept.close();
    const parts = { parts: [bridgeWriterPart({ domain: DOMAIN }), reconcileWriterPart()], tasks: taskSink };
    {
      const clock = { clock: systemClock, committed: () => undefined };
      await using writer = await openWriter(kept.place, parts, clock);
      const { database, keys, search } = writer;
      expect((await rebuild({ ...parts, database, keys, search, check: true })).difference).toBeUndefined();
    }
    await kept[Symbol.asyncDispose]();
  });
});
