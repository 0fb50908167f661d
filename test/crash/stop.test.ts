/** Gatehouse told to stop, and started twice: as an admin's service manager does it. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { Child } from '../../src/demo/child.ts';
import { problems } from './judge/judge.ts';
import { runForTests } from './run-for-tests.ts';

const verdict = z.object({ ok: z.boolean(), size: z.number(), covered: z.number(), uncovered: z.number() });
const STOP_WITHIN_MS = 8_000;
const { current } = runForTests('stop', 1);

test('a second Gatehouse on the same data is refused in plain words, and the first goes on', async () => {
  const { house } = current();
  const second = new Child({
    args: ['run', '--config', house.config],
    cwd: house.dir,
    log: join(house.dir, 'second.log'),
  });
  await expect(second.finish()).rejects.toThrow(
    /another Gatehouse process \(\d+, gatehouse run\) uses this data folder/u,
  );
  expect(house.gatehouse.running).toBe(true);
}, 60_000);

test('SIGTERM amid traffic ends it soon with 0: lock released, everything published, nothing lost', async () => {
  const { house, traffic, killer, observer } = current();
  traffic.start({ texts: 0.3, answers: 0.5, asides: 1 });
  const [customer = ''] = traffic.customers;
  traffic.text(customer);
  await traffic.answer(customer);
  const began = performance.now();
  expect(await house.gatehouse.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(STOP_WITHIN_MS);
  await traffic.stop();
  // It opens the database by itself, which it may only without a process that holds the lock.
  const record = verdict.parse(JSON.parse(await house.command('verify', '--json')));
  expect(record.ok).toBe(true);
  // The entry of the last publication is on record after it, and that of this very command.
  expect(record.uncovered).toBeLessThanOrEqual(2);
  const last = await house.command('journal', 'tail', '--last', '3', '--json');
  const kinds = Array.from(last.matchAll(/"kind":"([a-z.-]+)"/gu), ([, kind]) => kind);
  expect(kinds.slice(0, 2)).toEqual(['system.stopped', 'checkpoint.published']);
  await killer.start();
  expect(problems((await observer.settled()).verdict)).toEqual([]);
}, 180_000);
