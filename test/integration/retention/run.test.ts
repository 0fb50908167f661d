/** A run of retention on a real journal: what goes, what stays, and what is said about it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock, wait } from '../../../src/core/clock.ts';
import { holdOn } from '../../support/holds.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { DAY_MS, keptClass, olivia, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

let house: RetentionHouse;
let clock: SetClock;

beforeEach(async () => {
  clock = new SetClock(START);
  house = await RetentionHouse.open({ clock });
  house.start();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function messages(n: number, words = 'hello'): Promise<readonly number[]> {
  const positions: number[] = [];
  for (let i = 0; i < n; i += 1) positions.push(await house.put(messageDraft(`${words} ${String(i)}`)));
  return positions;
}

describe('before two officers arm it', () => {
  test('a run deletes nothing and counts what would go', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    await messages(5);
    clock.pass(11 * DAY_MS);
    await house.run();
    await house.idle();
    expect(await house.erased()).toEqual([]);
    expect((await house.of('retention.run'))[0]?.body.refused).toBe('not-armed');
    expect((await house.of('retention.previewed'))[0]?.body.due).toMatchObject([{ class: 'short', entries: 5 }]);
    expect(await house.of('retention.certificate')).toEqual([]);
  });
});

describe('once it is armed', () => {
  test('what is older than its class goes, and a certificate says so', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    const old = await messages(250);
    clock.pass(11 * DAY_MS);
    const young = await messages(3);
    await house.preview();
    await house.arm();
    await house.run();
    await house.idle();
    expect(await house.erased()).toEqual(old);
    expect(
      (await house.all()).filter((entry) => young.includes(entry.position)).every((entry) => !('erased' in entry)),
    ).toBe(true);
    const [certificate, ...more] = await house.of('retention.certificate');
    expect(more).toEqual([]);
    expect(certificate?.body.gone).toMatchObject([{ class: 'short', entries: 250, files: 0 }]);
    expect(certificate?.body.approvers).toEqual(['@olivia:acme.example', '@omar:acme.example']);
    expect(certificate?.body.finalAt).toBe(clock.now() + 30 * DAY_MS);
  });

  test('a hold that is placed while it runs wins from that very commit', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    await messages(60, 'sold');
    const promised = await messages(3, 'I guarantee it');
    clock.pass(11 * DAY_MS);
    await house.arm();
    let placed: Promise<unknown> | undefined;
    const begun = house.test.journal.size();
    const from = await begun;
    house.test.journal.onCommitted(({ to }) => {
      // The second entry after the asking is the first that erases: the walk has looked at all of them by then.
      if (to >= from + 3) placed ??= holdOn('acme', 'guarantee').then((hold) => house.test.journal.append([hold]));
    });
    await house.run();
    await house.idle();
    await placed;
    const hold = (await house.of('hold.placed'))[0]?.position ?? 0;
    const erased = await house.erased();
    for (const { position, body } of await house.of('retention.erased')) {
      const named = promised.filter((at) => body.spans.some(([first, last]) => first <= at && at <= last));
      expect(position > hold ? named : []).toEqual([]);
    }
    const stays = (await house.of('retention.certificate'))[0]?.body.stays ?? [];
    const kept = promised.filter((at) => !erased.includes(at)).length;
    expect(stays.filter(({ why }) => why === 'hold').reduce((sum, { entries }) => sum + entries, 0)).toBe(kept);
  });

  test('what one officer takes back while it runs ends it: not one more record goes', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    const old = await messages(120);
    clock.pass(11 * DAY_MS);
    await house.arm();
    const classes = await house.digest();
    let back: Promise<number> | undefined;
    const from = await house.test.journal.size();
    house.test.journal.onCommitted(({ to }) => {
      // The run, then the first of five batches.
      if (to >= from + 3) back ??= house.append('retention.armed', { armed: false, classes, why: 'asked', by: olivia });
    });
    await house.run();
    await house.idle();
    const takenBack = (await back) ?? 0;
    const later = (await house.of('retention.erased')).filter((one) => one.position > takenBack);
    expect(later.length).toBeGreaterThan(0);
    expect(later.filter(({ body }) => body.entries > 0)).toEqual([]);
    // It is noticed at once: the others of its chunk are not even asked for.
    expect(later.length).toBeLessThan(4);
    const erased = await house.erased();
    expect(erased.length).toBeLessThan(old.length);
    const [certificate, ...more] = await house.of('retention.certificate');
    expect(more).toEqual([]);
    expect(certificate?.body.gone).toMatchObject([{ class: 'short', entries: erased.length }]);
    await house.run();
    await house.idle();
    expect((await house.of('retention.run')).at(-1)?.body.refused).toBe('not-armed');
    expect(await house.erased()).toEqual(erased);
  });

  test('a clock that was set by more than an hour lets nothing go until an officer says that it is right', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    const old = await messages(5);
    await house.arm();
    clock.pass(11 * DAY_MS);
    house.suspect = { byMs: 11 * DAY_MS, since: clock.now() };
    await house.run();
    await house.idle();
    expect((await house.of('retention.run')).map(({ body }) => body.refused)).toEqual(['clock']);
    expect(await house.erased()).toEqual([]);
    await house.append('retention.clock-confirmed', { by: olivia, byMs: 11 * DAY_MS });
    await house.run();
    await house.idle();
    expect(await house.erased()).toEqual(old);
  });

  test('while the house stops, a run does not keep everything else from its turn', async () => {
    await house.classes([keptClass('short', 10, 10)], 'short');
    const old = await messages(60);
    clock.pass(11 * DAY_MS);
    await house.arm();
    house.interrupt();
    await house.run();
    // Timers come about.
    for (let n = 0; n < 5; n += 1) await wait(systemClock, 20);
    expect(await house.of('retention.certificate')).toEqual([]);
    expect((await house.erased()).length).toBeLessThan(old.length);
  });
});
