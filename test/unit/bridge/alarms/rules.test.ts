import { describe, expect, test } from '@jest/globals';
import type {
  ConnectorFacts,
  Facts,
  GateFacts,
  LineFacts,
  TrafficWindow,
} from '../../../../src/bridge/alarms/facts.ts';
import { standardLimits as limits } from '../../../../src/bridge/alarms/limits.ts';
import {
  alarmId,
  captureLag,
  connectorStuck,
  gateClosed,
  homeserverSilent,
  judge,
  lineSilent,
  tasksWaiting,
} from '../../../../src/bridge/alarms/rules.ts';
import {
  connectorGate,
  must,
  parseConnectorId,
  parseLineId,
  parseMillis,
  parsePosition,
  type AlarmId,
  type Position,
} from '../../../../src/core/ids.ts';

const MINUTE = 60_000;
const carrier = must(parseConnectorId('carrier'));
const at = must(parseMillis(1_700_000_000_000));
const position = (n: number) => must(parsePosition(n));

describe('a line', () => {
  const line = (windows: readonly TrafficWindow[], more: Partial<LineFacts> = {}): LineFacts => ({
    line: must(parseLineId('sales')),
    reachable: true,
    windows,
    ...more,
  });
  const window = (now: number, before: readonly number[], hours = 4): TrafficWindow => ({ hours, now, before });

  test.each([
    ['as many as five on average in all four weeks', [5, 5, 5, 5], 'so'],
    ['five on average in three of them', [10, 10, 0, 0.0], 'over'],
    ['traffic in three of four weeks', [7, 7, 6, 0], 'so'],
    ['just under five on average', [5, 5, 5, 4], 'over'],
    ['nothing at all', [0, 0, 0, 0], 'over'],
    ['one busy week only', [400, 0, 0, 0], 'over'],
  ])('with %s before, and nothing now, is %s', (_what, before, is) => {
    expect(lineSilent(line([window(0, before)]), undefined)).toBe(is);
  });

  test('with a single text is not silent', () => {
    expect(lineSilent(line([window(1, [50, 50, 50, 50])]), undefined)).toBe('over');
  });

  test('that can’t be reached, or of which nothing is known, is neither silent nor well', () => {
    expect(lineSilent(line([window(0, [9, 9, 9, 9])], { reachable: false }), undefined)).toBe('unclear');
    expect(lineSilent(line([]), undefined)).toBe('over');
  });

  test('stays silent until a text comes that is newer than the alarm, also where silence would be usual', () => {
    const quiet = [window(0, [0, 0, 0, 0])];
    expect(lineSilent(line(quiet, { newest: position(9) }), position(10))).toBe('so');
    expect(lineSilent(line(quiet), position(10))).toBe('so');
    expect(lineSilent(line(quiet, { newest: position(11), reachable: false }), position(10))).toBe('over');
  });
});

describe('a connector', () => {
  const one = (more: Partial<ConnectorFacts>): ConnectorFacts => ({ connector: carrier, ...more });

  test.each([
    ['that is not connected', { waitsMs: 60 * MINUTE }, 'over'],
    ['on which nothing waits', { connectedMs: 60 * MINUTE, waitsMs: 0 }, 'over'],
    ['on which something waits for less than two minutes', { connectedMs: 60 * MINUTE, waitsMs: 119_999 }, 'over'],
    ['on which something waits for two minutes', { connectedMs: 60 * MINUTE, waitsMs: 120_000 }, 'so'],
    [
      'that passed something a moment ago',
      { connectedMs: 60 * MINUTE, waitsMs: 9 * MINUTE, passedMs: 119_999 },
      'over',
    ],
    ['that passed nothing for two minutes', { connectedMs: 60 * MINUTE, waitsMs: 9 * MINUTE, passedMs: 120_000 }, 'so'],
    ['that has only just connected', { connectedMs: 119_999, waitsMs: 9 * MINUTE }, 'unclear'],
  ])('%s is judged', (_what, facts, is) => {
    expect(connectorStuck(one(facts), limits)).toBe(is);
  });
});

describe('the record', () => {
  const lag = (events: number, usualMs: number, worstMs: number, newestMs = 0) => ({
    capture: { events, usualMs, worstMs, newestMs },
    upMs: 60 * MINUTE,
  });

  test.each([
    ['one event five minutes late', lag(1, 300_000, 300_000), 'over'],
    ['one event more than five minutes late', lag(1, 300_001, 300_001), 'so'],
    ['most events a minute late', lag(20, 60_000, 100_000), 'over'],
    ['most events more than a minute late', lag(20, 60_001, 100_000), 'so'],
    ['too few events to say what is usual', lag(4, 60_001, 100_000), 'over'],
  ])('with %s is judged', (_what, facts, is) => {
    expect(captureLag(facts, false, limits)).toBe(is);
  });

  test('with nothing new is late as it was, for a while', () => {
    expect(captureLag(lag(0, 0, 0), false, limits)).toBe('over');
    expect(captureLag(lag(0, 0, 0, 599_999), true, limits)).toBe('unclear');
    expect(captureLag(lag(0, 0, 0, 600_000), true, limits)).toBe('over');
    const nothing = { capture: { events: 0, usualMs: 0, worstMs: 0 } };
    expect(captureLag({ ...nothing, upMs: 599_999 }, true, limits)).toBe('unclear');
    expect(captureLag({ ...nothing, upMs: 600_000 }, true, limits)).toBe('over');
  });
});

describe('work', () => {
  const work = (forMs: number, upMs = 60 * MINUTE) => ({ waiting: { kind: 'send', forMs, since: at }, upMs });

  test.each([
    ['that waits for five minutes', work(300_000), 'over'],
    ['that waits for longer', work(300_001), 'so'],
    ['that waited while we were away', work(60 * MINUTE, 300_000), 'unclear'],
  ])('%s is judged', (_what, facts, is) => {
    expect(tasksWaiting(facts, limits)).toBe(is);
  });

  test('of which there is none does not wait', () => {
    expect(tasksWaiting({ upMs: 0 }, limits)).toBe('over');
  });
});

describe('a closed gate', () => {
  const gate = (closedMs: number, reason = 'provider-down'): GateFacts => ({
    gate: connectorGate(carrier),
    reason,
    since: at,
    closedMs,
    parked: 3,
  });

  test('is told after a quarter of an hour, and stays told until it opens', () => {
    expect(gateClosed(gate(899_999), false, limits)).toBe('over');
    expect(gateClosed(gate(900_000), false, limits)).toBe('so');
    expect(gateClosed(gate(0), true, limits)).toBe('so');
  });

  test('by a rejected password is told elsewhere', () => {
    expect(gateClosed(gate(900_000, 'bad-credentials'), false, limits)).toBe('over');
  });
});

describe('the homeserver', () => {
  const homeserver = (more: Partial<Facts['homeserver']>) => ({
    homeserver: { pinged: true, pushes: 'unknown' as const, ...more },
  });

  test.each([
    ['that was never pinged', homeserver({ pinged: false }), false, 'unclear'],
    ['that answers', homeserver({ pushes: 'moves' }), false, 'over'],
    ['that fails for less than two minutes', homeserver({ failingMs: 119_999 }), false, 'over'],
    ['that fails for two minutes', homeserver({ failingMs: 120_000 }), false, 'so'],
    ['that still fails after a restart of ours', homeserver({ failingMs: 1 }), true, 'so'],
    ['that answers and brings nothing', homeserver({ pushes: 'still' }), false, 'so'],
    ['that answers again', homeserver({}), true, 'over'],
  ])('%s is judged', (_what, facts, open, is) => {
    expect(homeserverSilent(facts, open, limits)).toBe(is);
  });
});

describe('all rules together', () => {
  const calm: Facts = {
    lines: [],
    connectors: [],
    capture: { events: 0, usualMs: 0, worstMs: 0 },
    gates: [],
    homeserver: { pinged: true, pushes: 'moves' },
    upMs: 60 * MINUTE,
  };

  test('find nothing in a calm house', () => {
    expect(judge(calm, new Map(), limits).map(({ is }) => is)).toEqual(['over', 'over', 'over', 'over']);
  });

  test.each([
    [3_600_000, 'over'],
    [3_600_001, 'so'],
    [-3_600_001, 'so'],
  ])('a clock that was set by %i ms is %s', (byMs, is) => {
    const found = judge({ ...calm, clock: { byMs, since: at } }, new Map(), limits);
    expect(found.find(({ alarm }) => alarm === alarmId('clock-jumped'))?.is).toBe(is);
  });

  test('a connector that can not begin is told of at once, and its closed gate is not told beside it', () => {
    const gate = { gate: connectorGate(carrier), reason: 'provider-down', since: at, closedMs: 60 * MINUTE, parked: 3 };
    const facts: Facts = { ...calm, connectors: [{ connector: carrier, failed: true }], gates: [gate] };
    const [failed, waiting] = [alarmId('connector-failed', carrier), alarmId('tasks-waiting', gate.gate)];
    const found = (open: ReadonlyMap<AlarmId, Position> = new Map()) =>
      new Map(judge(facts, open, limits).map(({ alarm, is }) => [alarm, is]));
    expect([found().get(failed), found().get(waiting)]).toEqual(['so', 'over']);
    expect(found(new Map([[waiting, position(7)]])).get(waiting)).toBe('unclear');
    const begun = judge({ ...facts, connectors: [{ connector: carrier }] }, new Map(), limits);
    expect(begun.find(({ alarm }) => alarm === failed)?.is).toBe('over');
    expect(begun.find(({ alarm }) => alarm === waiting)?.is).toBe('so');
  });

  test('name what they are about', () => {
    const facts: Facts = {
      ...calm,
      lines: [{ line: must(parseLineId('sales')), reachable: true, windows: [] }],
      connectors: [{ connector: carrier }],
      gates: [{ gate: connectorGate(carrier), reason: 'provider-down', since: at, closedMs: 0, parked: 0 }],
    };
    expect(judge(facts, new Map(), limits).map(({ alarm }) => alarm)).toEqual([
      'line-silent:sales',
      'connector-stuck:carrier',
      'connector-failed:carrier',
      'tasks-waiting:connector:carrier',
      'capture-lag:all',
      'tasks-waiting:all',
      'homeserver-silent:all',
      'clock-jumped:all',
    ]);
  });
});
