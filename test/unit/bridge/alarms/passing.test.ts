import { beforeEach, describe, expect, test } from '@jest/globals';
import { HomeserverSilence } from '../../../../src/bridge/alarms/homeserver-silence.ts';
import { Passing } from '../../../../src/bridge/alarms/passing.ts';
import { must, parseConnectorId } from '../../../../src/core/ids.ts';
import type { Pushing } from '../../../../src/core/ports/pushing.ts';
import type { SendResult } from '../../../../src/core/ports/outbound.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog } from '../../../support/quiet.ts';

const carrier = must(parseConnectorId('carrier'));
const MINUTE = 60_000;
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

describe('what a connector passes', () => {
  test('counts from when it connected, and is forgotten when it is cut off', () => {
    const passing = new Passing(clock);
    passing.state(carrier, 'connecting');
    expect(passing.facts(carrier)).toEqual({});
    passing.state(carrier, 'connected');
    clock.advance(MINUTE);
    passing.state(carrier, 'degraded');
    passing.passed(carrier);
    clock.advance(MINUTE);
    expect(passing.facts(carrier)).toEqual({ connectedMs: 2 * MINUTE, passedMs: MINUTE });
    passing.state(carrier, 'connecting');
    expect(passing.facts(carrier)).toEqual({});
  });

  test.each([
    [{ state: 'sent', ids: [] }, true],
    [{ state: 'pending', settleWithinMs: 1 }, true],
    [{ state: 'failed', reason: 'rejected' }, true],
    [{ state: 'retry', afterMs: 1, scope: 'line', reason: 'rate-limited' }, false],
    [{ state: 'unknown', detail: 'no answer' }, false],
  ] as const)('is something where it answered %j', async (answer, isPassed) => {
    const passing = new Passing(clock);
    const result: SendResult = answer;
    expect(await passing.send(carrier, () => Promise.resolve(result))).toBe(answer);
    expect(passing.facts(carrier).passedMs !== undefined).toBe(isPassed);
    expect(passing.facts(carrier).sendingMs).toBeUndefined();
  });

  test('waits as long as its oldest send, also of one that ends by throwing', async () => {
    const passing = new Passing(clock);
    const [first, second] = [Promise.withResolvers<SendResult>(), Promise.withResolvers<SendResult>()];
    const sends = [passing.send(carrier, () => first.promise)];
    clock.advance(MINUTE);
    sends.push(passing.send(carrier, () => second.promise));
    clock.advance(MINUTE);
    expect(passing.facts(carrier).sendingMs).toBe(2 * MINUTE);
    first.reject(new Error('broken'));
    await expect(sends[0]).rejects.toThrow('broken');
    expect(passing.facts(carrier).sendingMs).toBe(MINUTE);
    second.resolve({ state: 'sent', ids: [] });
    await sends[1];
    expect(passing.facts(carrier)).toEqual({ passedMs: 0 });
  });
});

describe('a homeserver that', () => {
  let answers: Awaited<ReturnType<Pushing['probe']>>[];
  let asked: number;
  let silence: HomeserverSilence;

  beforeEach(() => {
    answers = [];
    asked = 0;
    const probe: Pushing['probe'] = () => {
      asked += 1;
      return Promise.resolve(answers.shift() ?? 'moves');
    };
    silence = new HomeserverSilence({
      ...{ clock, pushing: { probe }, log: new KeptLog() },
      limits: { quietMs: 10 * MINUTE, pingMs: 2 * MINUTE },
    });
  });

  const look = async () => {
    silence.facts();
    await Promise.resolve();
    await Promise.resolve();
    return silence.facts();
  };

  test('fails on one service fails from the first ping on, until that one succeeds', () => {
    expect(silence.facts()).toEqual({ pinged: false, pushes: 'unknown' });
    silence.pinged('bridge', false);
    clock.advance(MINUTE);
    silence.pinged('archive', false);
    silence.pinged('bridge', false);
    expect(silence.facts()).toMatchObject({ pinged: true, failingMs: MINUTE });
    silence.pinged('bridge', true);
    expect(silence.facts().failingMs).toBe(0);
    silence.pinged('archive', true);
    expect(silence.facts().failingMs).toBeUndefined();
  });

  test('is quiet is asked only after ten minutes, and not again at once', async () => {
    silence.pinged('bridge', true);
    clock.advance(10 * MINUTE - 1);
    await look();
    expect(asked).toBe(0);
    clock.advance(1);
    expect((await look()).pushes).toBe('moves');
    await look();
    expect(asked).toBe(1);
  });

  test('brings nothing back is silent until it brings something', async () => {
    answers = ['still', 'homeserver-down', 'still'];
    silence.pinged('bridge', true);
    clock.advance(10 * MINUTE);
    expect((await look()).pushes).toBe('still');
    clock.advance(2 * MINUTE);
    expect((await look()).pushes).toBe('still');
    expect(asked).toBe(2);
    silence.brought();
    expect(silence.facts().pushes).toBe('moves');
  });

  test('does not answer is not asked', async () => {
    silence.pinged('bridge', false);
    clock.advance(20 * MINUTE);
    await look();
    expect(asked).toBe(0);
  });
});
