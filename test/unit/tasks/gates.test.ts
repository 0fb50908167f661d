import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FailureKind } from '../../../src/core/failures.ts';
import { connectorGate, homeserverGate, lane, must, noMillis, parseConnectorId } from '../../../src/core/ids.ts';
import { parsePosition, taskIdFor, type Lane } from '../../../src/core/ids.ts';
import { Gates, PROBE_MS, type GateChange } from '../../../src/tasks/gates.ts';
import type { Task } from '../../../src/tasks/task.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const carrier = connectorGate(must(parseConnectorId('carrier')));
const ann = lane('out', 'p1');
const bea = lane('out', 'p2');

function task(n: number, of: Lane): Task {
  const position = must(parsePosition(n));
  const id = taskIdFor(position, 'send');
  return { id, lane: of, kind: 'send', position, state: 'ready', attempts: 0, notBefore: noMillis };
}

describe('gates', () => {
  let clock: ManualClock;
  let changes: GateChange[];
  let gates: Gates;

  beforeEach(() => {
    clock = new ManualClock(0);
    changes = [];
    gates = new Gates(clock, (change) => changes.push(change));
  });

  const told = () => changes.map((change) => (change.open ? 'open' : change.reason));
  const shut = (n: number, of: Lane, probeAfterMs?: number, reason: FailureKind = 'provider-down') => {
    gates.shut(carrier, task(n, of), {
      reason,
      ...(probeAfterMs === undefined ? {} : { probeAfterMs }),
    });
  };

  test('a gate that many turns find shut is told once', () => {
    shut(1, ann);
    shut(2, bea);
    expect(told()).toEqual(['provider-down']);
    expect(gates.views()).toEqual([{ gate: carrier, since: 0, reason: 'provider-down', parked: 2 }]);
  });

  test('opening tells once, forgets who waited, and opening an open gate is nothing', () => {
    shut(1, ann);
    expect(gates.open(carrier)).toBe(true);
    expect(gates.open(carrier)).toBe(false);
    expect(gates.parkedAt(ann)).toBeUndefined();
    expect(told()).toEqual(['provider-down', 'open']);
  });

  test('only the lane with the oldest task probes, and only when it is due', () => {
    shut(2, bea);
    shut(1, ann);
    expect(gates.nextProbeMs()).toBe(PROBE_MS);
    expect(gates.probes().lanes).toEqual([]);
    clock.advance(PROBE_MS);
    expect(gates.probes().lanes).toEqual([ann]);
    expect(gates.probes().lanes).toEqual([]);
    expect(gates.isClosedFor(carrier, ann)).toBe(false);
    expect(gates.isClosedFor(carrier, bea)).toBe(true);
  });

  test('a probe that finds it shut waits twice as long, up to ten minutes', () => {
    shut(1, ann);
    const waits: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const before = clock.now();
      clock.advance(gates.nextProbeMs() ?? 0);
      waits.push(clock.now() - before);
      gates.probes();
      shut(1, ann);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    expect(told()).toEqual(['provider-down']);
  });

  test('a peer that asks us to slow down is asked again exactly when it said', () => {
    shut(1, ann, 5000, 'rate-limited');
    expect(gates.nextProbeMs()).toBe(5000);
    clock.advance(5000);
    gates.probes();
    shut(1, ann, 7000, 'rate-limited');
    expect(gates.nextProbeMs()).toBe(7000);
    expect(gates.reasonOf(carrier)).toBe('rate-limited');
  });

  test('one that is down is asked less and less often, however soon it says that it is worth it', () => {
    shut(1, ann, 5000);
    const waits: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const wait = gates.nextProbeMs() ?? 0;
      waits.push(wait);
      clock.advance(wait);
      gates.probes();
      shut(1, ann, 5000);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
  });

  test('of several answers on one closing the longest wait counts', () => {
    shut(1, ann, 1000, 'rate-limited');
    shut(2, bea, 9000, 'rate-limited');
    shut(3, lane('out', 'p3'), 500, 'rate-limited');
    expect(gates.nextProbeMs()).toBe(9000);
  });

  test('a lane that found it shut meanwhile does not put off the probe', () => {
    shut(1, ann);
    clock.advance(PROBE_MS - 1);
    shut(2, bea);
    expect(gates.nextProbeMs()).toBe(1);
  });

  test('a probe that ends clear opens the gate; one that says nothing of the peer leaves it closed', () => {
    shut(1, ann);
    clock.advance(PROBE_MS);
    gates.probes();
    expect(gates.ended(ann, 'unclear')).toBe(false);
    expect(gates.isClosed(carrier)).toBe(true);
    clock.advance(2 * PROBE_MS);
    expect(gates.isClosedFor(carrier, ann)).toBe(false);
    expect(gates.ended(ann, 'clear')).toBe(true);
    expect(gates.isClosed(carrier)).toBe(false);
  });

  test('a prober that had no turn after all makes way for another at once', () => {
    shut(1, ann);
    shut(2, bea);
    clock.advance(PROBE_MS);
    gates.probes();
    gates.ended(ann, 'none');
    expect(gates.probes().lanes).toEqual([bea]);
  });

  test('a turn of another lane that ends well does not open it', () => {
    shut(1, ann);
    expect(gates.ended(bea, 'clear')).toBe(false);
    expect(gates.isClosed(carrier)).toBe(true);
  });

  test('closed by its owner it is never probed, and a new reason is told', () => {
    gates.close(carrier, { reason: 'provider-down' });
    gates.close(carrier, { reason: 'bad-credentials', detail: 'password rejected' });
    gates.close(carrier, { reason: 'bad-credentials' });
    shut(1, ann);
    expect(gates.nextProbeMs()).toBeUndefined();
    expect(told()).toEqual(['provider-down', 'bad-credentials']);
  });

  test('gates are apart from each other', () => {
    shut(1, ann);
    expect(gates.isClosedFor(homeserverGate, bea)).toBe(false);
  });

  test('it remembers a bounded number of lanes and asks to look for the rest when it probes', () => {
    gates.close(homeserverGate, { reason: 'homeserver-down' });
    for (let n = 1; n <= 20_000; n += 1) {
      gates.shut(homeserverGate, task(n, lane('in', `p${n}`)), { reason: 'homeserver-down' });
    }
    shut(30_000, ann);
    expect(gates.parkedAt(ann)).toBeUndefined();
    expect(gates.nextProbeMs()).toBe(PROBE_MS);
    clock.advance(PROBE_MS);
    expect(gates.probes()).toEqual({ lanes: [], look: true });
    expect(gates.isClosedFor(carrier, ann)).toBe(false);
  });

  test.each([-86_400_000, 86_400_000])(
    'a wall clock that is set by %i ms changes nothing in when it is probed',
    (ms) => {
      shut(1, ann);
      clock.jump(ms);
      expect(gates.nextProbeMs()).toBe(PROBE_MS);
      expect(gates.probes().lanes).toEqual([]);
      clock.advance(PROBE_MS);
      expect(gates.probes().lanes).toEqual([ann]);
    },
  );
});
