import { beforeEach, expect, test } from '@jest/globals';
import { StartClock, unknownMs } from '../../../../src/bridge/alarms/start-clock.ts';
import { must, parseMillis, type Millis } from '../../../../src/core/ids.ts';
import type { HomeserverFailure } from '../../../../src/core/ports/homeserver.ts';
import { err, ok, type Result } from '../../../../src/core/result.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const DAY = 86_400_000;
const down: Result<Millis | undefined, HomeserverFailure> = err({ kind: 'down', detail: 'away' });

let clock: ManualClock;
let answers: Result<Millis | undefined, HomeserverFailure>[];
let byRecord: number | undefined;
let found: number[];
let failed: unknown[];
beforeEach(() => {
  clock = new ManualClock();
  answers = [];
  byRecord = 0;
  found = [];
  failed = [];
});

/** The homeserver's clock, in whole seconds, when ours is so much ahead. */
function theirs(aheadMs: number): Result<Millis, HomeserverFailure> {
  return ok(must(parseMillis(Math.floor((clock.now() - aheadMs) / 1_000) * 1_000)));
}

function started(more: Partial<ConstructorParameters<typeof StartClock>[0]> = {}): StartClock {
  const compared = new StartClock({
    ask: () => Promise.resolve(answers.shift() ?? down),
    expected: () => Promise.resolve(byRecord),
    found: (byMs) => found.push(byMs),
    clock,
    failed: (error) => failed.push(error),
    ...more,
  });
  compared.start();
  return compared;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test.each([
  ['a day ahead', DAY, 0, DAY],
  ['a day behind', -DAY, 0, -DAY],
  ['set right again', 0, DAY, -DAY],
])('a clock that is %s since the record ended is found', async (_, aheadMs, expected, byMs) => {
  byRecord = expected;
  answers.push(theirs(aheadMs));
  await using compared = started();
  await compared.known();
  expect(found).toHaveLength(1);
  expect(Math.abs((found[0] ?? 0) - byMs)).toBeLessThan(2_000);
});

test.each([
  ['agree', 0, 0],
  ['differ as the record says', 3_600_000, 3_600_000],
  ['differ by less than a minute', 50_000, 0],
])('clocks that %s were not set', async (_, aheadMs, expected) => {
  byRecord = expected;
  answers.push(theirs(aheadMs));
  await using compared = started();
  await compared.known();
  expect(found).toEqual([]);
});

test('where the record or the homeserver can’t tell, nothing is believed to be set', async () => {
  byRecord = undefined;
  answers.push(theirs(DAY));
  await using first = started();
  await first.known();
  byRecord = 0;
  answers.push(ok(undefined));
  await using second = started();
  await second.known();
  expect(found).toEqual([]);
});

test('whoever asks waits until the homeserver answers', async () => {
  answers.push(down, theirs(DAY));
  await using compared = started();
  const known = compared.known();
  await turn();
  expect(found).toEqual([]);
  clock.advance(1_000);
  await known;
  expect(found).toHaveLength(1);
});

test('a homeserver that answers nothing holds nobody up for long, and nobody a second time', async () => {
  await using compared = started();
  const known = compared.known();
  await turn();
  clock.advance(unknownMs);
  await known;
  await compared.known();
  expect(found).toEqual([]);
});

test('what fails inside is told and tried again', async () => {
  answers.push(theirs(DAY), theirs(DAY));
  let times = 0;
  const expected = (): Promise<number> => {
    times += 1;
    return times === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve(0);
  };
  await using compared = started({ expected });
  const known = compared.known();
  await turn();
  clock.advance(1_000);
  await known;
  expect(failed).toHaveLength(1);
  expect(found).toHaveLength(1);
});

test('an end in the midst of it leaves no timer', async () => {
  const compared = started({ ask: () => new Promise(() => undefined) });
  const known = compared.known();
  await compared[Symbol.asyncDispose]();
  await known;
  expect(clock.timers).toBe(0);
});
