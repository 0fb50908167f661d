import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { Classes } from '../../../src/app/retention-classes.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { alice, classParts } from '../../support/class-house.ts';
import { newInstallation, types, type Installation } from '../../support/installation.ts';
import { openTestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';

let place: Installation;
beforeAll(() => {
  place = newInstallation();
});
afterAll(() => {
  place[Symbol.dispose]();
});

async function configWith(retention: object): Promise<Config> {
  const given: unknown = parse(place.example);
  place.write('config/classes.yaml', stringify({ ...(typeof given === 'object' ? given : {}), retention }));
  const config = await loadConfig('config/classes.yaml', { connectorTypes: types, cwd: place.cwd, env: {} });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

test('the config’s classes are on record from the start; who is in a room is asked once everything runs', async () => {
  const config = await configWith({
    default: 'eu-mifid-5y',
    classes: { chatter: { keep: '90d', erase: '1y' } },
    assign: [
      { class: 'chatter', group: 'support' },
      { class: 'chatter', group: 'sales', kind: 'matrix' },
    ],
  });
  await using journal = await openTestJournal({ parts: classParts });
  let asked = 0;
  const directory = {
    membersOf: () => {
      asked += 1;
      return Promise.resolve([alice]);
    },
  };
  const warned = new Map<string, string>();
  const warnings = {
    set: (id: string, words: string) => void warned.set(id, words),
    clear: (id: string) => void warned.delete(id),
  };
  const setting = { config, journal: journal.journal, clock: new ManualClock(), log: new KeptLog() };
  const classes = new Classes(setting, { directory, warnings });
  await classes.start();
  expect(asked).toBe(0);
  const first = await classes.inForce.table();
  expect(first?.default).toBe('eu-mifid-5y');
  expect(first?.classes.find(({ id }) => id === 'chatter')).toEqual({
    ...{ id: 'chatter', keep: { ms: 90 * 86_400_000 }, erase: { years: 1 } },
    authority: 'the company itself (retention.classes.chatter)',
  });
  expect(first?.assignments.map(({ name }) => name)).toEqual(['config:lines:sales', 'config:group:sales kind:matrix']);
  expect([...warned.values()][0]).toContain('config:group:support');

  classes.readGroups();
  await classes.jobs[0]?.run(new AbortController().signal);
  expect(asked).toBeGreaterThan(0);
  const second = await classes.inForce.table();
  expect(second?.assignments.find(({ name }) => name === 'config:group:support')?.to).toEqual({ users: [alice] });
  expect(warned.size).toBe(0);
  expect(second?.states).toHaveLength(2);
});
