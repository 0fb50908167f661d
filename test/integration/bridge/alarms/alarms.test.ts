import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must as mustId, parsePosition } from '../../../../src/core/ids.ts';
import type { Facts } from '../../../../src/bridge/alarms/facts.ts';
import { calm, carrier, line, silent, WatchHouse } from './watch-house.ts';

const sales = line('sales', 'Sales');
const lines = [sales, ...['Berlin', 'Rome', 'Oslo', 'Paris', 'Bern'].map((name) => line(name.toLowerCase(), name))];
const MINUTE = 60_000;
let house: WatchHouse;
let opened: WatchHouse[];

beforeEach(async () => {
  opened = [await WatchHouse.open(lines)];
  house = must(opened[0]);
});

afterEach(async () => {
  for (const one of opened.toReversed()) await one[Symbol.asyncDispose]();
});

/** A line that just had a text. */
function heard(one: typeof sales): Facts['lines'][number] {
  return { ...silent(one), windows: [], newest: mustId(parsePosition(1_000_000)) };
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is there');
  return value;
}

/** Another process on the same record. */
async function restart(): Promise<void> {
  await house.stop();
  house = await WatchHouse.open(lines, house);
  opened.push(house);
}

const silence: Partial<Facts> = { lines: [silent(sales)] };
const spoken: Partial<Facts> = { lines: [heard(sales)] };
const away: Partial<Facts> = { homeserver: { pinged: true, pushes: 'unknown', failingMs: 3 * MINUTE } };

async function looks(count: number, facts: Partial<Facts>): Promise<void> {
  for (let n = 0; n < count; n += 1) await house.look(facts);
}

describe('the desk', () => {
  test('is told once that a line is silent, and once that it is not', async () => {
    await house.look(silence);
    expect(house.told()).toEqual([]);
    await looks(5, silence);
    expect(house.told()).toEqual([
      'Sales (+1 202 555 0100) has had no texts for 4 hours; usually there are about 30. Ask the carrier.',
    ]);
    await looks(5, spoken);
    expect(house.told()).toHaveLength(2);
    expect(house.told()[1]).toMatch(/^Sales has texts again \(\d\d:\d\d\)\.$/u);
    expect(await house.changes()).toEqual(['raised line-silent:sales', 'cleared line-silent:sales']);
  });

  test('is told of what is raised at one look in one message, of each kind in one line', async () => {
    const facts: Partial<Facts> = {
      lines: lines.slice(0, 3).map(silent),
      connectors: [{ connector: carrier, connectedMs: 60 * MINUTE, waitsMs: 4 * MINUTE }],
    };
    await looks(3, facts);
    expect(house.told()).toEqual([
      'SMS (carrier) says it is connected, but nothing has got through on Sales, Berlin, Rome, Oslo, Paris, Bern for 4 minutes. What waits goes out when it does. Ask the carrier.\n3 lines are silent: Sales, Berlin, Rome.',
    ]);
    await looks(4, { lines: lines.slice(0, 3).map(heard) });
    expect(house.told().slice(1)).toEqual([
      expect.stringMatching(
        /^SMS \(carrier\) no longer holds anything back .*\nTexts come again on: Sales, Berlin, Rome\.$/u,
      ),
    ]);
  });

  test('is told once that a connector can not begin, and once that it has begun', async () => {
    await looks(5, { connectors: [{ connector: carrier, failed: true }] });
    expect(house.told()).toEqual([
      expect.stringMatching(
        /^SMS \(carrier\) can't begin \(\d\d:\d\d\): nothing goes out or comes in on Sales, Berlin, Rome, Oslo, Paris, Bern\. What is written waits, and goes out when it has begun; it is tried again by itself\. The admin is told why by: gatehouse doctor\.$/u,
      ),
    ]);
    await looks(5, { connectors: [{ connector: carrier }] });
    expect(house.told().slice(1)).toEqual([expect.stringMatching(/^SMS \(carrier\) has begun \(\d\d:\d\d\)\.$/u)]);
    expect(await house.changes()).toEqual(['raised connector-failed:carrier', 'cleared connector-failed:carrier']);
  });

  test('is told in one summary when there is more than five messages in ten minutes', async () => {
    for (const [n] of lines.entries()) await looks(2, { lines: lines.slice(0, n + 1).map(silent) });
    await looks(2, { ...silence, lines: lines.map(silent), capture: { events: 9, usualMs: 0, worstMs: 10 * MINUTE } });
    const before = house.told().length;
    expect(before).toBe(5);
    await looks(1, { lines: lines.map(silent), clock: { byMs: 7_200_000, since: house.clock.now() } });
    await looks(1, { lines: lines.map(silent), clock: { byMs: 7_200_000, since: house.clock.now() } });
    await house.pass(11 * MINUTE);
    expect(house.told().slice(before)).toEqual([
      expect.stringMatching(/^\d changes in ten minutes; !c health shows what is open\.\n/u),
    ]);
    const summary = house.told().at(-1) ?? '';
    expect(summary).toContain('Bern (+1 202 555 0100) has had no texts');
    expect(summary).toContain('What people write is late on record: up to 10 minutes.');
    expect(summary).toContain('The clock of this computer was set ahead by 2 hours');
  });

  test('that the homeserver can’t be reached for is told when it is back, with the time', async () => {
    house.homeserver.outage = { kind: 'down', detail: 'refused' };
    await looks(20, away);
    expect(house.told()).toEqual([]);
    house.homeserver.outage = undefined;
    await looks(4, {});
    await house.pass(10 * MINUTE);
    expect(house.told()).toEqual([
      expect.stringMatching(/^The homeserver has not answered since \d\d:\d\d: .* \(\d\d:\d\d\)$/u),
      expect.stringMatching(/^The homeserver brings everything again \(\d\d:\d\d\)\.$/u),
    ]);
  });
});

describe('a restart', () => {
  test('tells nothing again, and clears what is over', async () => {
    await looks(3, silence);
    await restart();
    await looks(4, silence);
    expect(house.told()).toHaveLength(1);
    await restart();
    await looks(4, spoken);
    expect(await house.changes()).toEqual(['raised line-silent:sales', 'cleared line-silent:sales']);
    expect(house.told()).toHaveLength(2);
    expect((await house.rows()).map(({ alarm, open }) => [alarm, open])).toEqual([['line-silent:sales', false]]);
  });

  test('clears what nobody asks about any more', async () => {
    await looks(3, silence);
    await restart();
    await looks(4, {});
    expect(await house.changes()).toEqual(['raised line-silent:sales', 'cleared line-silent:sales']);
  });

  test('between the entry and the message loses neither', async () => {
    await house.look(silence);
    house.homeserver.outage = { kind: 'down', detail: 'refused' };
    await house.look(silence);
    await restart();
    house.homeserver.outage = undefined;
    await house.pass(2 * MINUTE);
    expect(house.told()).toHaveLength(1);
  });

  test('after the message, and before that is on record, tells nobody twice', async () => {
    house.homeserver.fail('send', { kind: 'unclear', detail: 'timeout' }, { done: true });
    await looks(2, silence);
    await restart();
    await house.pass(20 * MINUTE);
    expect(house.told()).toHaveLength(1);
  });
});

describe('a look', () => {
  test('that finds the same again after the second alarm of a subject is a new entry each time', async () => {
    const late: Partial<Facts> = { capture: { events: 9, usualMs: 0, worstMs: 10 * MINUTE } };
    await looks(3, late);
    await looks(4, {});
    await looks(3, late);
    await looks(4, {});
    expect(await house.changes()).toEqual([
      'raised capture-lag:all',
      'cleared capture-lag:all',
      'raised capture-lag:all',
      'cleared capture-lag:all',
    ]);
  });

  test('at a calm house puts nothing on record', async () => {
    const before = await house.test.journal.size();
    await looks(5, calm);
    expect(await house.test.journal.size()).toBe(before);
  });
});
