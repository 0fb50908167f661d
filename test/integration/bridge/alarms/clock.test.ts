import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alarmsWriterPart } from '../../../../src/bridge/alarms/projections.ts';
import { ClockKeeper } from '../../../../src/bridge/alarms/clock-keeper.ts';
import { jumpedSince, suspectOnRecord } from '../../../../src/bridge/alarms/clock-store.ts';
import { JournalDown } from '../../../../src/core/ports/recorder.ts';
import { must, parsePosition } from '../../../../src/core/ids.ts';
import { noteDraft, openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog } from '../../../support/quiet.ts';

const DAY = 86_400_000;
let clock: ManualClock;
let house: TestJournal;
let told: number;

beforeEach(async () => {
  clock = new ManualClock();
  told = 0;
  house = await openTestJournal({ parts: [alarmsWriterPart()], clock });
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function keeper(more: Partial<ConstructorParameters<typeof ClockKeeper>[0]> = {}): ClockKeeper {
  const jumped = (): void => {
    told += 1;
  };
  return new ClockKeeper({ journal: house.journal, clock, log: new KeptLog(), before: {}, jumped, ...more });
}

async function jumps(): Promise<readonly number[]> {
  const size = await house.journal.size();
  const all = await house.journal.readMany(Array.from({ length: size }, (_, n) => must(parsePosition(n + 1))));
  return all.flatMap((entry) => (!('erased' in entry) && entry.kind === 'clock.jumped' ? [entry.body.byMs] : []));
}

test('a clock that is set is on record once, and suspect until it is set back, through restarts', async () => {
  const first = keeper();
  await first.look();
  clock.jump(DAY);
  await first.look();
  await first.look();
  expect(await jumps()).toEqual([DAY]);
  expect(told).toBe(1);
  const onRecord = await house.views.read(suspectOnRecord);
  expect(onRecord).toEqual(first.suspect());
  const second = keeper({ before: onRecord === undefined ? {} : { suspect: onRecord } });
  expect(second.suspect()?.byMs).toBe(DAY);
  clock.jump(-DAY);
  await second.look();
  expect(second.suspect()).toBeUndefined();
  expect(await house.views.read(suspectOnRecord)).toBeUndefined();
});

test('what can’t be recorded at once is recorded later, all of it together', async () => {
  let down = true;
  const journal = {
    size: () => house.journal.size(),
    append: (...given: Parameters<TestJournal['journal']['append']>) =>
      down ? Promise.reject(new JournalDown('the disk is full')) : house.journal.append(...given),
  };
  const watched = keeper({ journal });
  clock.jump(DAY);
  await expect(watched.look()).rejects.toThrow('the disk is full');
  clock.jump(-3 * DAY);
  await expect(watched.look()).rejects.toThrow('the disk is full');
  down = false;
  await watched.look();
  await watched.look();
  expect(await jumps()).toEqual([-2 * DAY]);
});

test('what the homeserver’s clock says at the start is on record as a jump, and undone when it is set back', async () => {
  const watched = keeper();
  watched.found(DAY);
  expect(await watched.look()).toBe(true);
  expect(await watched.look()).toBe(false);
  expect(await jumps()).toEqual([DAY]);
  expect(watched.suspect()?.byMs).toBe(DAY);
  const onRecord = await house.views.read(suspectOnRecord);
  const next = keeper({ before: onRecord === undefined ? {} : { suspect: onRecord } });
  next.found(-DAY);
  await next.look();
  expect(next.suspect()).toBeUndefined();
});

test('what jumped since an entry says how old that really is', async () => {
  const watched = keeper();
  await house.journal.append([noteDraft('before')]);
  clock.jump(DAY);
  await watched.look();
  await house.journal.append([noteDraft('after')]);
  const since = (n: number) => house.views.read((reading) => jumpedSince(reading, must(parsePosition(n))));
  expect([await since(1), await since(3)]).toEqual([DAY, 0]);
});

test('it looks by itself every few seconds, and leaves no timer behind', async () => {
  const watched = keeper();
  watched.start();
  clock.jump(DAY);
  clock.advance(5_000);
  await watched[Symbol.asyncDispose]();
  expect(await jumps()).toEqual([DAY]);
  expect(clock.timers).toBe(0);
});
