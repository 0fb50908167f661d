/** `npm run crash -- --only NAME --seed S` plays the long form of one. */
import { expect, test } from '@jest/globals';
import { judge, problems, totals } from '../judge/judge.ts';
import { runForTests } from '../run-for-tests.ts';
import { play, scenarios } from './scenarios.ts';

const { current, say } = runForTests('faults');

test.each(scenarios.map((scenario) => [scenario.shows, scenario] as const))(
  '%s',
  async (_shows, scenario) => {
    const { verdict, evidence } = await play(scenario, current(), 'short');
    const part = judge(evidence, scenario.name);
    say(`${scenario.name}: ${totals(part)}`);
    expect(problems(verdict)).toEqual([]);
    expect(part.texted + part.said + part.chatted).toBeGreaterThan(20);
  },
  400_000,
);

test('what is left on record after all this is whole', async () => {
  expect(await current().house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
