import { expect, test } from '@jest/globals';
import { runForTests } from '../run-for-tests.ts';
import { machineFaults } from './scenarios.ts';
import { shortForm } from './short-form.ts';

const house = runForTests('machine-faults');

test.each(machineFaults.map((scenario) => [scenario.shows, scenario] as const))(
  '%s',
  async (_shows, scenario) => {
    const { complaints, messages } = await shortForm(scenario, house);
    expect(complaints).toEqual([]);
    expect(messages).toBeGreaterThan(20);
  },
  400_000,
);

test('what is left on record after all this is whole', async () => {
  expect(await house.current().house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
