/** `npm run crash -- --rounds N --seed S` plays the same longer, or again. */
import { expect, test } from '@jest/globals';
import { judge, problems, totals } from './judge/judge.ts';
import { bursts, steady } from './rounds.ts';
import { runForTests } from './run-for-tests.ts';

const KILLS = 15;
const BURSTS = 1;
const { current, say } = runForTests('crash');

test(`${KILLS} kills at random moments of a steady traffic lose nothing, reorder nothing, repeat nothing unmarked`, async () => {
  const run = current();
  await steady(run, KILLS, { texts: 1.5, answers: 2, asides: 0.7 });
  const { verdict, evidence } = await run.observer.settled();
  const part = judge(evidence, 'steady');
  say(totals(part));
  expect(problems(verdict)).toEqual([]);
  expect(part.kills).toBe(KILLS);
  expect(part.unheard).toBe(0);
  expect(part.texted).toBeGreaterThan(KILLS);
  expect(part.said).toBeGreaterThan(KILLS / 2);
  expect(part.chatted).toBeGreaterThan(KILLS);
}, 900_000);

test(`${2 * BURSTS} kills with 200 texts arriving and 80 answers waiting lose, reorder and repeat no more`, async () => {
  const run = current();
  await bursts(run, BURSTS, { texts: 200, answers: 80, asides: 40 });
  const { verdict, evidence } = await run.observer.settled();
  say(totals(judge(evidence, 'burst')));
  expect(problems(verdict)).toEqual([]);
}, 300_000);

test('what is left on record after all this is whole', async () => {
  expect(await current().house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
