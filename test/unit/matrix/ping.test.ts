import { expect, test } from '@jest/globals';
import { MatrixClient } from '@vector-im/matrix-bot-sdk';
import { setImmediate } from 'node:timers/promises';
import { pingForever, type PingResult } from '../../../src/matrix/ping.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A homeserver that can't reach us for as many pings as it is told. */
class Deaf extends MatrixClient {
  failures: number;

  constructor(failures: number) {
    super('http://homeserver.invalid', 'token');
    this.failures = failures;
  }

  override doRequest(): Promise<unknown> {
    this.failures -= 1;
    return this.failures < 0 ? Promise.resolve({ duration_ms: 3 }) : Promise.reject(new Error('socket hang up'));
  }
}

const never = (): Promise<undefined> => new Promise(() => undefined);

/** A homeserver too busy to answer. */
class Busy extends MatrixClient {
  constructor() {
    super('http://homeserver.invalid', 'token');
  }

  override doRequest(): Promise<unknown> {
    return never();
  }
}

test('a transaction that comes first is as good as the answer', async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  const told: PingResult[] = [];
  const transaction = Promise.withResolvers<undefined>();
  const pinging = pingForever(
    'archive',
    {
      ...{ actors: { service: () => new Busy() }, clock, signal: end.signal },
      brought: (service) => (service === 'archive' ? transaction.promise : never()),
    },
    (_, result) => {
      told.push(result);
    },
  );
  await setImmediate();
  expect(told).toEqual([]);
  clock.advance(700);
  transaction.resolve(undefined);
  await setImmediate();
  expect(told).toEqual([{ ok: true, value: { ms: 700 } }]);
  end.abort();
  await pinging;
});

test('pings that fail are repeated within a quarter of a second, then ever more slowly, until one is answered', async () => {
  const clock = new ManualClock();
  const client = new Deaf(14);
  const end = new AbortController();
  const told: PingResult[] = [];
  const waits: number[] = [];
  const pinging = pingForever(
    'bridge',
    { actors: { service: () => client }, clock, signal: end.signal, brought: never },
    (_, result) => {
      told.push(result);
    },
  );
  while (waits.length < 17) {
    while (clock.nextAt === undefined) await setImmediate();
    waits.push(clock.nextAt - clock.now());
    if (waits.length === 16) client.failures = 1;
    clock.advance(waits.at(-1) ?? 0);
    await setImmediate();
  }
  const eight = Array.from({ length: 8 }, () => 250);
  expect(waits).toEqual([...eight, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 30_000, 30_000, 250]);
  expect(told.map(({ ok }) => ok).slice(0, 16)).toEqual([...Array.from({ length: 14 }, () => false), true, true]);
  end.abort();
  await pinging;
});
