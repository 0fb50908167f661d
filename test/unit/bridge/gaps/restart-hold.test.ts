import { beforeEach, describe, expect, test } from '@jest/globals';
import { heldMax, holdMostMs, holdMs, RestartHold } from '../../../../src/bridge/gaps/restart-hold.ts';
import { must, parseRoomId, type RoomId } from '../../../../src/core/ids.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const roomId = (name: string): RoomId => must(parseRoomId(`!${name}:acme.example`));
const [deals, ops] = [roomId('deals'), roomId('ops')];

let clock: ManualClock;
let notes: boolean[];
let hold: RestartHold;
beforeEach(() => {
  clock = new ManualClock();
  notes = [];
  hold = made(false);
});

function made(open: boolean): RestartHold {
  return new RestartHold({ clock, open, note: (now) => notes.push(now) });
}

/** Whether what waits for it may go by now. */
async function mayGo(until: Promise<undefined> | undefined): Promise<boolean> {
  let gone = until === undefined;
  const watch = async (): Promise<void> => {
    await until;
    gone = true;
  };
  await Promise.race([watch(), new Promise((resolve) => setImmediate(resolve))]);
  return gone;
}

describe('without a sign', () => {
  test('nothing waits, and no look changes that', () => {
    hold.looked([deals], hold.mark());
    hold.over(hold.mark());
    expect(hold.until(deals)).toBeUndefined();
    expect(notes).toEqual([]);
  });
});

describe('after a sign', () => {
  beforeEach(() => {
    hold.sign();
  });

  test('all that waits in a room waits for the same, and one timer serves all rooms', () => {
    expect(hold.until(deals)).toBe(hold.until(deals));
    expect(hold.until(ops)).not.toBe(hold.until(deals));
    expect(clock.timers).toBe(1);
    expect(hold.waiting()).toEqual([deals, ops]);
  });

  test('each room has its own minute', async () => {
    hold.answered();
    const first = hold.until(deals);
    clock.advance(holdMs / 2);
    const second = hold.until(ops);
    clock.advance(holdMs / 2);
    expect([await mayGo(first), await mayGo(second)]).toEqual([true, false]);
    clock.advance(holdMs / 2);
    expect(await mayGo(second)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('the minute begins when the homeserver answers, and further answers begin no other', async () => {
    const until = hold.until(deals);
    clock.advance(holdMs * 2);
    expect(await mayGo(until)).toBe(false);
    hold.answered();
    clock.advance(holdMs / 2);
    hold.answered();
    expect(await mayGo(until)).toBe(false);
    clock.advance(holdMs / 2);
    expect(await mayGo(until)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('while the homeserver does not answer a room waits for five minutes', async () => {
    const until = hold.until(deals);
    clock.advance(holdMostMs - 1);
    expect(await mayGo(until)).toBe(false);
    clock.advance(1);
    expect(await mayGo(until)).toBe(true);
  });

  test('a wall clock that is set holds nothing for longer', async () => {
    hold.answered();
    const until = hold.until(deals);
    clock.jump(-86_400_000);
    clock.advance(holdMs);
    expect(await mayGo(until)).toBe(true);
  });

  test('a further sign begins the minute again, and the five minutes are those of the first', async () => {
    const until = hold.until(deals);
    for (let waited = 0; waited < holdMostMs - holdMs / 2; waited += holdMs / 2) {
      hold.sign();
      hold.answered();
      clock.advance(holdMs / 2);
      expect(await mayGo(until)).toBe(false);
    }
    hold.sign();
    clock.advance(holdMs / 2);
    expect(await mayGo(until)).toBe(true);
    expect(hold.until(deals)).toBeUndefined();
  });

  test('a room that was looked at is free; after another sign it waits again', () => {
    hold.looked([deals], hold.mark());
    expect(hold.until(deals)).toBeUndefined();
    hold.sign();
    expect(hold.until(deals)).toBeDefined();
  });

  test('the end of the look lets everything go and leaves no timer', async () => {
    const both = [hold.until(deals), hold.until(ops)];
    hold.over(hold.mark());
    expect(await Promise.all(both.map(mayGo))).toEqual([true, true]);
    expect(clock.timers).toBe(0);
  });

  test('more rooms than are remembered go out at once', () => {
    for (let n = 0; n < heldMax; n += 1) expect(hold.until(roomId(String(n)))).toBeDefined();
    expect(hold.waiting()).toHaveLength(heldMax);
    expect(hold.until(deals)).toBeUndefined();
  });

  test('it is noted for the next start until a look comes to its end', () => {
    hold.sign();
    expect(notes).toEqual([true]);
    hold.over(hold.mark());
    expect(notes).toEqual([true, false]);
  });
});

test('a sign before this process holds as one in it does', () => {
  const after = made(true);
  expect(after.until(deals)).toBeDefined();
  after.over(after.mark());
  expect(after.until(deals)).toBeUndefined();
  expect(notes).toEqual([false]);
});
