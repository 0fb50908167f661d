/** Working with rules while Gatehouse runs: tried on the record, files read again at a signal, a change decided by two. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MatrixEvent } from 'matrix-js-sdk';
import {
  bodyOf,
  chatWith,
  HOUSE_START_MS,
  roomNamed,
  staffedHouse,
  type StaffedHouse,
} from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';

const wordRule = (then: string): string =>
  `rules:\n  - { id: blue-rabbit, says: names the rabbit, when: { pattern: 'blue rabbit' }, then: ${then} }\n`;

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;
let file: string;

beforeAll(async () => {
  staffed = await staffedHouse({ starterRules: true });
  file = path.join(staffed.house.dir, 'config/policy/rabbit.yaml');
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
  await roomNamed(omar, 'Compliance');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

function said(what: string, words: string): Promise<MatrixEvent> {
  return olivia.event(desk, what, (one) => bodyOf(one).includes(words));
}

function hangUp(): void {
  const { pid } = staffed.house.gatehouse;
  if (pid === undefined) throw new Error('gatehouse does not run');
  process.kill(pid, 'SIGHUP');
}

test('a rule in a file that nobody loaded is tried on what is on record', async () => {
  for (const text of ['a blue rabbit for you', 'nothing', 'that blue rabbit again']) {
    staffed.house.carrier.text({ from: ANN, to: LINE, text });
  }
  const chat = await chatWith(alice, '0199');
  await alice.event(chat, 'the third text', (one) => bodyOf(one).includes('again'));
  await writeFile(file, wordRule('flag'));
  await olivia.sendText(desk, '!c rule backtest blue-rabbit 7d');
  await said('that it begins', 'Trying blue-rabbit (from the files, not loaded) on the last 7 days');
  const result = bodyOf(await said('the result', 'would have flagged'));
  expect(result).toContain('would have flagged 2 of 3 messages');
  expect(result).toContain('“that blue rabbit again”');
}, 120_000);

test('a signal takes the files into force, and a broken one is told with file and line while the rules of before stay', async () => {
  hangUp();
  await said('the new rule', 'Rules in force from now on: blue-rabbit new');
  const good = await readFile(file, 'utf8');
  await writeFile(file, good.replace('flag', 'flga'));
  hangUp();
  const broken = bodyOf(await said('what is wrong', 'The files of rules have a problem'));
  expect(broken).toContain('config/policy/rabbit.yaml:2');
  await olivia.sendText(desk, '!c rule list rabbit');
  await said('the rule of before', 'blue-rabbit: flag');
  expect(staffed.house.gatehouse.running).toBe(true);
  await writeFile(file, good);
}, 120_000);

test('with four eyes a change is a card that another officer decides with a tap', async () => {
  await staffed.reconfigure((config) => {
    config.setIn(['desks', 0, 'fourEyes'], ['rule-change']);
  });
  await olivia.sendText(desk, '!c rule set blue-rabbit then=observe');
  const card = await said('the card', 'Rule blue-rabbit · change proposed by Olivia');
  expect(bodyOf(card)).toContain('Now: flag\nThen: observe');
  await omar.event(desk, 'the card', (one) => bodyOf(one).includes('change proposed by Olivia'));
  const id = card.getId() ?? '';
  await omar.react(desk, id, '✅');
  await said('how it ended', 'approved by Omar');
  await olivia.sendText(desk, '!c rule list rabbit');
  await said('the new rule', 'blue-rabbit: observe');
}, 120_000);
