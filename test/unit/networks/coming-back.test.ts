import net from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ConnectorState } from '../../../src/core/ports/connector.ts';
import { err, ok, type Result } from '../../../src/core/result.ts';
import { ComingBack, type Ending } from '../../../src/networks/socket/coming-back.ts';
import type { Opened } from '../../../src/networks/socket/open-socket.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const first = 1_000;
const most = 60_000;
const lost = (wasUp: boolean): Ending => ({ why: 'lost', detail: 'gone', wasUp });

let clock: ManualClock;
let states: ConnectorState[];
let pauses: number[];
let connection: ComingBack;
let opening: () => Promise<Result<Opened, string>>;
/** How the next connections end. */
let endings: Ending[];
let used: number;

function opened(): Opened {
  return { socket: new net.Socket(), trouble: () => undefined };
}

/** Until it waits for its next try, or is over. */
async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function again(): Promise<void> {
  clock.advance(pauses.at(-1) ?? 0);
  await settled();
}

beforeEach(() => {
  clock = new ManualClock();
  [states, pauses, endings, used] = [[], [], [], 0];
  opening = () => Promise.resolve(ok(opened()));
  connection = new ComingBack({
    ...{ clock, reconnect: { first, most } },
    open: () => opening(),
    use: () => {
      used += 1;
      const ending = endings.shift();
      return ending === undefined ? new Promise<Ending>(() => undefined) : Promise.resolve(ending);
    },
    state: (state) => states.push(state),
    lost: ({ retryInMs }) => pauses.push(retryInMs),
  });
});

describe('a connection that comes back', () => {
  test('waits longer with each loss up to the most, and shortly again after it was of use', async () => {
    endings = [...Array.from({ length: 12 }, () => lost(false)), lost(true)];
    connection.start();
    await settled();
    for (let n = 0; n < 12; n += 1) await again();
    expect(pauses).toHaveLength(13);
    pauses.slice(0, 12).forEach((pause, n) => {
      expect(pause).toBeGreaterThanOrEqual(first / 10);
      expect(pause).toBeLessThanOrEqual(Math.min(most, first * 2 ** (n + 1)));
    });
    expect(pauses.at(-1)).toBeLessThanOrEqual(first);
    await again();
    expect(used).toBe(14);
  });

  test('tells that it connects once, and then why it doesn’t', async () => {
    opening = () => Promise.resolve(err('nobody listens'));
    connection.start();
    await settled();
    await again();
    const why = { name: 'connecting', detail: 'nobody listens' };
    expect(states).toEqual([{ name: 'connecting' }, why, why]);
  });

  test.each([
    ['bad-credentials', 'bad-credentials'],
    ['already-bound', 'connecting'],
    ['conflict', 'connecting'],
  ] as const)('waits as long as it is told after %s, and counts it as no loss', async (why, name) => {
    endings = [{ why, detail: 'no', pauseMs: 300_000 }, lost(false)];
    connection.start();
    await settled();
    expect(states.at(-1)).toEqual({ name, detail: 'no' });
    clock.advance(299_999);
    await settled();
    expect(used).toBe(1);
    clock.advance(1);
    await settled();
    expect(pauses[0]).toBe(300_000);
    expect(pauses[1]).toBeLessThanOrEqual(first * 2);
  });

  test('is made no more once it is to stop, and its wait ends at once', async () => {
    endings = [lost(true)];
    connection.start();
    await settled();
    connection.halt();
    await connection.ended();
    expect(clock.timers).toBe(0);
    expect(used).toBe(1);
  });

  test('closes a socket that was opened while it was told to stop', async () => {
    const late = opened();
    opening = () => {
      connection.halt();
      return Promise.resolve(ok(late));
    };
    connection.start();
    await connection.ended();
    expect(late.socket.destroyed).toBe(true);
    expect(used).toBe(0);
    expect(states).toEqual([{ name: 'connecting' }]);
  });
});
