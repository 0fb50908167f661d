import { describe, expect, test } from '@jest/globals';
import { Arrivals } from '../../../../src/matrix/gaps/arrivals.ts';
import { DeliveryWatch } from '../../../../src/matrix/gaps/delivery-watch.ts';
import { must, parseEventId, parseMillis, parseRoomId, type EventId } from '../../../../src/core/ids.ts';
import type { Done, HomeserverFailure } from '../../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../../src/core/result.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const room = must(parseRoomId('!deals:acme.example'));

function house() {
  const clock = new ManualClock();
  const arrivals = new Arrivals(clock, clock);
  const sent: EventId[] = [];
  const trouble: { failure?: HomeserverFailure } = {};
  const send = (): Done<EventId> => {
    if (trouble.failure !== undefined) return Promise.resolve(err(trouble.failure));
    sent.push(must(parseEventId(`$barrier${String(sent.length + 1)}`)));
    return Promise.resolve(ok(must(parseEventId(`$barrier${String(sent.length)}`))));
  };
  const watch = new DeliveryWatch({ barrier: { send }, arrivals, clock });
  const come = (event_id: string, more: { at?: number; in?: string } = {}): void => {
    arrivals.note([{ event_id, room_id: more.in ?? '!barrier', origin_server_ts: more.at ?? clock.now() }]);
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { clock, watch, sent, trouble, come, pass };
}

/** What a promise has come to so far. */
function soFar<T>(promise: Promise<T>): { value: T | undefined } {
  const seen: { value: T | undefined } = { value: undefined };
  promise.then(
    (value) => {
      seen.value = value;
    },
    () => undefined,
  );
  return seen;
}
const never = new AbortController().signal;

describe('everything that the homeserver had has been handed over', () => {
  test('when a second event of ours, sent after the first came back, comes back too', async () => {
    const { watch, come, pass, sent } = house();
    const settled = soFar(watch.settled(never));
    await pass(0);
    expect(sent).toHaveLength(1);
    come('$barrier1');
    await pass(0);
    expect(sent).toHaveLength(2);
    expect(settled.value).toBeUndefined();
    come('$barrier2');
    await pass(0);
    expect(settled.value).toBe('settled');
  });

  test('also when the first was lost with another crash: a later one counts as well', async () => {
    const { watch, come, pass, sent } = house();
    const settled = soFar(watch.settled(never));
    await pass(0);
    await pass(20_000);
    expect(sent).toHaveLength(2);
    come('$barrier2');
    await pass(0);
    come('$barrier3');
    await pass(0);
    expect(settled.value).toBe('settled');
  });

  test('a minute after a good ping, when nothing comes at all', async () => {
    const { watch, pass } = house();
    const settled = soFar(watch.settled(never));
    await pass(10_000);
    watch.pinged(true);
    await pass(40_000);
    expect(settled.value).toBeUndefined();
    for (let s = 0; s < 4; s += 1) await pass(20_000);
    expect(settled.value).toBe('settled');
  });

  test('but not a minute after a ping while a backlog comes, nor by a ping from before', async () => {
    const { watch, pass, come, clock } = house();
    watch.pinged(true);
    const settled = soFar(watch.settled(never));
    for (let s = 0; s < 12; s += 1) {
      await pass(20_000);
      watch.pinged(true);
      come(`$old${String(s)}`, { at: clock.now() - 600_000, in: '!deals:acme.example' });
    }
    expect(settled.value).toBeUndefined();
  });

  test('not when the homeserver is away, or never answers to pings: then nothing is known', async () => {
    const away = house();
    away.trouble.failure = { kind: 'down', detail: 'ECONNREFUSED' };
    await expect(away.watch.settled(never)).resolves.toBe('homeserver-down');
    const deaf = house();
    const settled = soFar(deaf.watch.settled(never));
    for (let s = 0; s < 12; s += 1) await deaf.pass(20_000);
    expect(settled.value).toBe('homeserver-down');
  });

  test('not when it is told to stop', async () => {
    const { watch, pass } = house();
    const stop = new AbortController();
    const settled = soFar(watch.settled(stop.signal));
    await pass(0);
    stop.abort();
    await pass(0);
    expect(settled.value).toBe('homeserver-down');
  });
});

describe('an event of the room that came after it was read', () => {
  const at = (n: number) => must(parseMillis(n));

  test('proves that nothing older of it is on its way, when it is newer than all that was read', () => {
    const { watch, come } = house();
    const mark = watch.mark();
    come('$old', { in: room, at: 500 });
    expect(watch.passed(room, { mark, newest: at(600) })).toBe(false);
    come('$new', { in: room, at: 601 });
    expect(watch.passed(room, { mark, newest: at(600) })).toBe(true);
    expect(watch.passed(room, { mark: watch.mark(), newest: at(600) })).toBe(false);
  });

  test('proves nothing in another room', () => {
    const { watch, come } = house();
    const mark = watch.mark();
    come('$new', { in: '!other:acme.example', at: 601 });
    expect(watch.passed(room, { mark, newest: at(600) })).toBe(false);
  });
});

describe('asked whether the homeserver pushes', () => {
  test('it moves when an event of ours comes back, with one event for all who ask', async () => {
    const { watch, come, pass, sent } = house();
    const [first, second] = [watch.probe(), watch.probe()];
    await pass(0);
    come('$barrier1');
    await expect(Promise.all([first, second])).resolves.toEqual(['moves', 'moves']);
    expect(sent).toHaveLength(1);
  });

  test('it is still when none comes back in 30 s, and down when none can be sent', async () => {
    const { watch, pass, trouble } = house();
    const probe = soFar(watch.probe());
    await pass(0);
    await pass(29_000);
    expect(probe.value).toBeUndefined();
    await pass(1_000);
    expect(probe.value).toBe('still');
    trouble.failure = { kind: 'unclear', detail: 'timeout' };
    await expect(watch.probe()).resolves.toBe('homeserver-down');
  });
});
