/** A carrier that says it is connected and passes nothing is told at the desk once, and once that it is over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { metricNames } from '../../../src/telemetry/metric-names.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo } from '../../support/staffed-house.ts';
import { roomNamed, staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let chat: string;
let desk: string;
let gatehouse: ChildProcess;
let admin: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  const { house } = staffed;
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  house.carrier.text({ from: ANN, to: LINE, text: 'Hi' });
  chat = await chatWith(alice, '0199');
  await alice.message(chat, 'Hi');
  desk = await roomNamed(olivia, 'Compliance');
  const config: unknown = parse(await readFile(path.join(house.dir, house.config), 'utf8'));
  admin = `http://${z.object({ listen: z.object({ admin: z.string() }) }).parse(config).listen.admin}`;
  await house.gatehouse.stop();
  const program = fileURLToPath(new URL('../../support/quick-alarms.ts', import.meta.url));
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
  gatehouse = spawn(process.execPath, [...flags, program, house.config], { cwd: house.dir, stdio: 'ignore' });
  while (gatehouse.exitCode === null && !(await house.ready())) await pause(50);
}, HOUSE_START_MS);

afterAll(async () => {
  process.kill(carrierPid(), 'SIGCONT');
  const gone = once(gatehouse, 'exit');
  gatehouse.kill('SIGTERM');
  await gone;
  await staffed[Symbol.asyncDispose]();
}, 60_000);

function carrierPid(): number {
  const { pid } = staffed.house.carrier;
  if (pid === undefined) throw new Error('the carrier does not run');
  return pid;
}

function told(words: RegExp): readonly string[] {
  return olivia
    .timeline(desk)
    .map(bodyOf)
    .filter((body) => words.test(body));
}

const STUCK = /^SMS \(carrier\) says it is connected, but nothing has got through on Sales for /u;
const OVER = /^SMS \(carrier\) no longer holds anything back \(\d\d:\d\d\)\.$/u;

test('a carrier that stands still is told once, health says it first, and its return is told once', async () => {
  process.kill(carrierPid(), 'SIGSTOP');
  const waiting = await alice.sendText(chat, 'into the void');
  await olivia.until('word of the carrier', () => told(STUCK)[0], 60_000);
  const asked = await olivia.sendText(desk, '!c health');
  const health = bodyOf(await replyTo(olivia, { room: desk, event: asked }));
  expect(health).toMatch(/^Something is wrong ✗\n✗ SMS \(carrier\) says it is connected, but nothing/u);
  process.kill(carrierPid(), 'SIGCONT');
  await marked(alice, { room: chat, event: waiting }, '✓✓', 60_000);
  await olivia.until('word that it is over', () => told(OVER)[0], 60_000);
  expect([told(STUCK).length, told(OVER).length]).toEqual([1, 1]);
}, 200_000);

test('every gauge that is promised is there when it is scraped', async () => {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const gauges = Object.entries(metricNames).flatMap(([name, { kind }]) => (kind === 'gauge' ? [name] : []));
  const missing = gauges.filter((name) => !new RegExp(`^gatehouse_${name}(?:\\{[^}]*\\})? `, 'mu').test(text));
  expect(missing).toEqual([]);
  expect(text).toMatch(/^gatehouse_commit_seconds_count [1-9]/mu);
  expect(text).toMatch(/^gatehouse_entries_total [1-9]/mu);
});
