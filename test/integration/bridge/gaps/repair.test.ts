/** Looking for gaps, over a real journal on disk: what is found, fetched, recorded and closed, and what a crash leaves. */
import { describe, expect, test } from '@jest/globals';
import { GapKeeper } from '../../../../src/bridge/gaps/gap-keeper.ts';
import { countOpenGaps } from '../../../../src/bridge/gaps/gap-store.ts';
import { lastWholeLook } from '../../../../src/bridge/gaps/look-notes.ts';
import { look, type LookOptions } from '../../../../src/bridge/gaps/look.ts';
import { RestartHold } from '../../../../src/bridge/gaps/restart-hold.ts';
import type { EntryOf } from '../../../../src/core/entry.ts';
import { noMillis, type RoomId } from '../../../../src/core/ids.ts';
import { draftOf } from '../../../support/journal.ts';
import { openGapHouse, type GapHouse } from '../../../support/gap-house.ts';
import { roomId, StreamModel } from '../../../support/stream-model.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const DAY_MS = 24 * 3_600_000;
const deals = roomId('deals');
const ops = roomId('ops');
const never = new AbortController().signal;

function wholeLook(house: GapHouse, more: Partial<LookOptions> = {}) {
  const bounds = { since: noMillis, origin: noMillis };
  return look({ by: 'restart', bounds, slow: false, signal: never, ...more }, house.deps);
}

/** Says so many things, one a second. */
function sayMany(house: GapHouse, room: RoomId, many: number): void {
  for (let n = 0; n < many; n += 1) {
    house.clock.advance(1_000);
    house.server.say(room);
  }
}

async function drain(house: GapHouse): Promise<void> {
  while (house.server.queued > 0) await house.deliver();
}

function isLateIn(room: RoomId): (entry: EntryOf<'matrix.event'>) => boolean {
  return (entry) => entry.room === room && entry.source.late !== undefined;
}

function openCount(house: GapHouse): Promise<number> {
  return house.test.views.read((reading) => countOpenGaps(reading));
}

describe('a look at the homeserver', () => {
  test('records what was lost oldest first, says what each followed, and reports it once', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 2);
    await drain(house);
    sayMany(house, deals, 7);
    house.server.crash();
    sayMany(house, deals, 1);
    await drain(house);
    const summary = await house.finish(wholeLook(house));
    expect(summary).toMatchObject({ rooms: 1, events: 7, fetched: 7, unreadable: 0, failedRooms: 0, complete: true });
    const late = (await house.entries('matrix.event')).filter((entry) => entry.source.late !== undefined);
    expect(late.map((entry) => entry.body.event_id)).toEqual(['$m3', '$m4', '$m5', '$m6', '$m7', '$m8', '$m9']);
    expect(late.map((entry) => entry.source.late?.after)).toEqual(['$m2', '$m3', '$m4', '$m5', '$m6', '$m7', '$m8']);
    const [repaired, ...others] = await house.entries('gap.repaired');
    expect(others).toEqual([]);
    expect(repaired?.body).toMatchObject({
      by: 'restart',
      events: 7,
      unreadable: 0,
      rooms: [{ room: deals, events: 7 }],
    });
    expect(await openCount(house)).toBe(0);
    await house.finish(wholeLook(house));
    expect(await house.entries('gap.repaired')).toHaveLength(1);
  });

  test('begins with the rooms in which a message waits, and lets each go when its own events are on record', async () => {
    await using house = await openGapHouse();
    const hold = new RestartHold({ clock: house.clock, open: false, note: () => undefined });
    for (const room of [ops, deals]) sayMany(house, room, 2);
    house.server.crash();
    for (const room of [ops, deals]) sayMany(house, room, 1);
    await drain(house);
    hold.sign();
    const onRecord = hold.until(deals)?.then(async () => {
      const entries = await house.entries('matrix.event');
      return { deals: entries.filter(isLateIn(deals)).length, ops: entries.filter(isLateIn(ops)).length };
    });
    const options = {
      by: 'restart',
      bounds: { since: noMillis, origin: noMillis },
      slow: false,
      signal: never,
    } as const;
    await house.finish(look(options, { ...house.deps, hold }));
    expect(await onRecord).toEqual({ deals: 2, ops: 0 });
    expect(hold.until(ops)).toBeUndefined();
    expect(await house.entries('gap.repaired')).toHaveLength(1);
  });

  test('that is cut off leaves waiting what it did not get to', async () => {
    await using house = await openGapHouse();
    const hold = new RestartHold({ clock: house.clock, open: false, note: () => undefined });
    sayMany(house, deals, 1);
    await drain(house);
    hold.sign();
    const until = hold.until(deals);
    house.server.away = true;
    const options = {
      by: 'restart',
      bounds: { since: noMillis, origin: noMillis },
      slow: false,
      signal: never,
    } as const;
    expect(await look(options, { ...house.deps, hold })).toMatchObject({ complete: false });
    expect(until).toBeDefined();
    expect(hold.waiting()).toEqual([deals]);
    hold.stop();
  });

  test('finds islands: an event that is on record does not end the search', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 4);
    house.server.crash();
    sayMany(house, deals, 2);
    await drain(house);
    sayMany(house, deals, 4);
    house.server.crash();
    const { events } = await house.finish(wholeLook(house));
    expect(events).toBe(8);
  });

  test('records and counts an event whose content is gone', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 1);
    house.server.prune(house.server.say(deals, 'secret'));
    house.server.crash();
    expect(await house.finish(wholeLook(house))).toMatchObject({ events: 2, fetched: 1, unreadable: 1 });
    const [repaired] = await house.entries('gap.repaired');
    expect(repaired?.body).toMatchObject({ events: 2, unreadable: 1 });
  });

  test('counts a room that it may not read, and goes on', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 1);
    sayMany(house, ops, 1);
    house.server.crash();
    house.server.closed.add(deals);
    expect(await house.finish(wholeLook(house))).toMatchObject({ events: 1, failedRooms: 1, complete: true });
  });

  test('ends when the homeserver goes away, and the next one records the rest', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 30);
    house.server.crash();
    house.server.during = () => {
      house.server.away = house.server.asked > 14;
      return Promise.resolve();
    };
    const first = await house.finish(wholeLook(house));
    expect(first.complete).toBe(false);
    expect(await openCount(house)).toBe(1);
    house.server.during = () => Promise.resolve();
    house.server.away = false;
    const second = await house.finish(wholeLook(house));
    expect(second).toMatchObject({ events: 30, complete: true });
    const ids = (await house.entries('matrix.event')).flatMap((entry) =>
      entry.room === deals ? [entry.body.event_id] : [],
    );
    expect(new Set(ids).size).toBe(30);
    expect(ids).toHaveLength(30);
    expect((await house.entries('gap.repaired')).map((entry) => entry.body.events)).toEqual([30]);
  });

  test('looks only at the rooms and the time that it is asked for', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 3);
    sayMany(house, ops, 3);
    house.server.crash();
    expect(await house.finish(wholeLook(house, { by: 'asked', rooms: [ops] }))).toMatchObject({ rooms: 1, events: 3 });
    expect((await house.entries('gap.repaired')).map((entry) => entry.body.rooms.map((gap) => gap.room))).toEqual([
      [ops],
    ]);
  });
});

describe('what was there before Gatehouse', () => {
  test('is no gap, but what lies between two events on record is one', async () => {
    await using house = await openGapHouse();
    sayMany(house, deals, 20);
    house.server.crash();
    sayMany(house, deals, 1);
    await drain(house);
    sayMany(house, deals, 2);
    house.server.crash();
    house.clock.advance(DAY_MS);
    sayMany(house, deals, 1);
    await drain(house);
    const bounds = { since: house.clock.now(), origin: house.clock.now() };
    const { events } = await house.finish(wholeLook(house, { bounds }));
    expect(events).toBe(2);
  });
});

describe('a crash between found and repaired', () => {
  test('is finished by the look at the next start, and reported once with all that was missing', async () => {
    await using first = await openGapHouse();
    const kept = { clock: first.clock, server: first.server, place: first.test.place };
    sayMany(first, deals, 9);
    first.server.crash();
    let appends = 0;
    const dying = {
      ...first.deps,
      journal: {
        views: first.deps.journal.views,
        read: (...args: Parameters<typeof first.deps.journal.read>) => first.deps.journal.read(...args),
        append: (...args: Parameters<typeof first.deps.journal.append>) => {
          appends += 1;
          // The gap and its first two pages are on record when the process dies.
          if (appends > 3) return Promise.reject(new Error('killed'));
          return first.test.journal.append(...args);
        },
      },
    };
    const bounds = { since: noMillis, origin: noMillis };
    const running = look({ by: 'restart', bounds, slow: false, signal: never }, dying);
    await expect(first.finish(running)).rejects.toThrow('killed');
    await first.test.close();

    await using second = await openGapHouse(kept);
    expect(await openCount(second)).toBe(1);
    expect(await second.finish(wholeLook(second))).toMatchObject({ complete: true, events: 9 });
    expect((await second.entries('gap.repaired')).map((entry) => entry.body.events)).toEqual([9]);
    const ids = (await second.entries('matrix.event')).flatMap((entry) =>
      entry.room === deals ? [entry.body.event_id] : [],
    );
    expect(ids).toHaveLength(9);
    expect(await openCount(second)).toBe(0);
  });
});

describe('the keeper', () => {
  test('looks at the start and after a sign, each time once more soon after, and once a day; what it looked at is noted', async () => {
    await using house = await openGapHouse();
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    const keeper = new GapKeeper(house.deps);
    const looks = () => house.log.lines.filter((line) => line.event === 'gaps.looked').map((line) => line.fields['by']);
    const until = async (count: number): Promise<void> => {
      await house.finish(
        (async () => {
          while (looks().length < count) await new Promise((resolve) => setImmediate(resolve));
        })(),
      );
    };
    keeper.start();
    await until(1);
    house.sign('ping-failed');
    await until(2);
    expect(keeper.last()).toMatchObject({ by: 'restart', complete: true });
    await until(3);
    house.clock.advance(DAY_MS);
    await until(4);
    expect(looks()).toEqual(['restart', 'restart', 'restart', 'rounds']);
    expect(await lastWholeLook(house.deps)).toBeGreaterThan(0);
    await keeper[Symbol.asyncDispose]();
  });

  test('finds what was forgotten after its first look within a minute, and looks on until nothing more is missing', async () => {
    await using house = await openGapHouse();
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    house.clock.advance(1_000);
    sayMany(house, deals, 2);
    await drain(house);
    const found = () =>
      house.log.lines.filter((line) => line.event === 'gaps.looked').map((line) => line.fields['events']);
    const keeper = new GapKeeper(house.deps);
    const until = async (count: number): Promise<void> => {
      await house.finish(
        (async () => {
          while (found().length < count) await new Promise((resolve) => setImmediate(resolve));
        })(),
      );
    };
    keeper.start();
    await until(1);
    const forgotten = house.server.say(deals);
    house.server.crash();
    const at = house.clock.now();
    await until(2);
    expect(house.clock.now() - at).toBeLessThan(60_000);
    expect(await house.deps.onRecord.missing([forgotten])).toEqual([]);
    await until(3);
    house.clock.advance(3_600_000);
    for (let turn = 0; turn < 50; turn += 1) await house.deliver();
    expect(found()).toEqual([0, 1, 0]);
    expect((await house.entries('gap.repaired')).map((entry) => entry.body.events)).toEqual([1]);
    await keeper[Symbol.asyncDispose]();
  });

  test('tells once of what a sign in the middle of its second look makes two looks of', async () => {
    await using house = await openGapHouse();
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    house.clock.advance(1_000);
    sayMany(house, deals, 1);
    await drain(house);
    const keeper = new GapKeeper(house.deps);
    const ended = () => house.log.lines.filter((line) => line.event === 'gaps.looked').map((line) => line.fields);
    const until = async (count: number): Promise<void> => {
      await house.finish(
        (async () => {
          while (ended().length < count) await new Promise((resolve) => setImmediate(resolve));
        })(),
      );
    };
    keeper.start();
    await until(1);
    house.server.say(deals);
    house.server.crash();
    const { server } = house;
    let crashes = 0;
    server.during = async () => {
      // Its second look has read the room, and waits until missing means missing.
      if (crashes > 0 || !(await house.entries('matrix.event')).some(({ room }) => room === roomId('barrier'))) return;
      crashes += 1;
      server.say(deals);
      server.crash();
      house.sign('connection-lost');
    };
    await until(4);
    expect(ended().map(({ complete, events }) => [complete, events])).toEqual([
      [true, 0],
      [false, 0],
      [true, 2],
      [true, 0],
    ]);
    expect((await house.entries('gap.repaired')).map((entry) => entry.body.events)).toEqual([2]);
    await keeper[Symbol.asyncDispose]();
  });

  test('waits for a homeserver that is away, and then finds what was lost', async () => {
    await using house = await openGapHouse();
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    house.clock.advance(1_000);
    sayMany(house, deals, 3);
    house.server.crash();
    house.server.away = true;
    const keeper = new GapKeeper(house.deps);
    keeper.start();
    house.clock.advance(60_000);
    expect(keeper.last()).toBeUndefined();
    house.server.away = false;
    await house.finish(
      (async () => {
        while (keeper.last()?.complete !== true) await new Promise((resolve) => setImmediate(resolve));
      })(),
    );
    expect(keeper.last()).toMatchObject({ events: 3 });
    await keeper[Symbol.asyncDispose]();
  });

  test('makes looks that wait for the same thing as one, and ends the slow round for a fast one', async () => {
    await using house = await openGapHouse();
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    sayMany(house, deals, 30);
    await drain(house);
    const keeper = new GapKeeper(house.deps);
    keeper.start();
    const all = Promise.all([keeper.sweep('rounds'), keeper.sweep('asked'), keeper.sweep('asked')]);
    const [, second, third] = await house.finish(all);
    expect(second).toBe(third);
    await keeper[Symbol.asyncDispose]();
  });

  test('walks rooms back into the time before it, as far as configured', async () => {
    const clock = new ManualClock();
    const early = new StreamModel(clock);
    for (let n = 0; n < 20; n += 1) {
      clock.advance(DAY_MS);
      early.say(deals);
    }
    early.crash();
    await using house = await openGapHouse(undefined, { walkBackMs: 10.5 * DAY_MS, history: early });
    house.clock.advance(clock.now() - house.clock.now() + DAY_MS);
    await house.test.journal.append([draftOf('system.stopped', { why: 'to have a beginning' })]);
    const keeper = new GapKeeper(house.deps);
    keeper.start();
    const walked = (): boolean => house.log.events().includes('gaps.walked-back');
    await house.finish(
      (async () => {
        while (!walked()) await new Promise((resolve) => setImmediate(resolve));
      })(),
    );
    const late = (await house.entries('matrix.event')).filter((entry) => entry.source.late?.by === 'walk-back');
    expect(late).toHaveLength(10);
    expect(await house.entries('gap.found')).toEqual([]);
    await keeper[Symbol.asyncDispose]();
  });
});
