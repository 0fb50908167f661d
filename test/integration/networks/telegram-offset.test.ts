/** The offset: what kill -9 does at each moment, and what a week of silence does. */
import { describe, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { after } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import { kim, TelegramHouse } from '../../support/telegram-house.ts';

const texts = Array.from({ length: 250 }, (_, number) => `text ${String(number + 1)}`);

describe('the offset of updates', () => {
  test('killed before the commit, all of it comes again', async () => {
    await using house = await TelegramHouse.started();
    const disk = new Map(house.core.kv);
    let asked = 0;
    house.core.gate = () => {
      asked += 1;
      house.core.kill();
      return Promise.resolve();
    };
    const taken = house.sim.writes(kim.id, 'hello');
    await until('the record to be asked', () => asked > 0);
    await house.restart(disk);
    await expect(taken).resolves.toBe(true);
    expect(house.core.texts).toEqual(['hello']);
  });

  test('killed after the commit, and before it is confirmed, it is heard once', async () => {
    await using house = await TelegramHouse.started();
    house.core.failAfterCommit = 1;
    house.sim.writes(kim.id, 'hello').catch(() => undefined);
    await until('a commit', () => house.core.texts.length > 0);
    const [kv, events] = [new Map(house.core.kv), [...house.core.events]];
    house.core.kill();
    await house.restart(kv);
    await expect(house.sim.writes(kim.id, 'you there?')).resolves.toBe(true);
    const ids = [...events, ...house.core.events].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(house.core.texts).toEqual(['you there?']);
  });

  test('is never ahead of the record, wherever a burst is cut off', async () => {
    await using house = await TelegramHouse.started();
    const heard = new Map<string, string>();
    const taken = texts.map((text) => house.sim.writes(kim.id, text));
    for (let round = 0; round < 5; round += 1) {
      await until('some more', () => house.core.texts.length > 0 || heard.size === texts.length);
      const kv = new Map(house.core.kv);
      for (const event of house.core.events) if (event.kind === 'message') heard.set(event.id, event.message.text);
      house.core.kill();
      await house.restart(kv);
    }
    await expect(Promise.all(taken)).resolves.not.toContain(false);
    for (const event of house.core.events) if (event.kind === 'message') heard.set(event.id, event.message.text);
    expect(Array.from(heard.values())).toEqual(texts);
  });

  test('older than a day is not named any more: after a week of silence Telegram begins its numbers anew', async () => {
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => after(systemClock.now(), ahead) };
    await using house = await TelegramHouse.started({ clock });
    await house.sim.writes(kim.id, 'before the holidays');
    await house.connector.stop(2_000);
    house.sim.updates.numberFrom(17);
    const taken = house.sim.writes(kim.id, 'after the holidays');
    ahead = 8 * 86_400_000;
    await house.restart();
    await expect(taken).resolves.toBe(true);
    expect(house.core.texts).toEqual(['after the holidays']);
  });
});
