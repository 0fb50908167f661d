/** What people write and what they are called is nowhere on disk in clear: not at rest, not in logs, not after a crash. */
import { execFile, spawn } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { formsOf, holds } from '../../support/canary.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../src/main.ts');
const LINE = '+12025550100';
/** Somebody whose number, sentence and name occur nowhere else. */
const NUMBER = '12025550187';
const SENTENCE = 'the vermilion pangolin naps at noon';
const ANSWER = 'tell Quillfeather the vermilion pangolin is fed';
const FAILING = 'vermilion pangolin refused';
const CRASHING = 'vermilion pangolin before the crash';
const secrets = ['vermilion', 'pangolin', 'Quillfeather', NUMBER, '2025550187', '202 555 0187', '(202) 555-0187'];

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

/** Everything that Gatehouse has written. Synapse, the carrier and the test's own clients have files of their own. */
async function written(): Promise<ReadonlyMap<string, Buffer>> {
  const { dir } = staffed.house;
  const files = new Map<string, Buffer>();
  for (const folder of ['data', 'config', 'secrets']) {
    for (const entry of await readdir(path.join(dir, folder), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(file, await readFile(file));
    }
  }
  // What the process printed: its log and, when it crashed, its last words. No command has asked for a record's text.
  for (const name of ['gatehouse.log', 'commands.log', 'registration.yaml', 'registration.archive.yaml']) {
    files.set(name, await readFile(path.join(dir, name)));
  }
  return files;
}

async function found(): Promise<readonly string[]> {
  const hits: string[] = [];
  for (const [file, bytes] of await written()) {
    for (const secret of secrets) if (holds(bytes, secret)) hits.push(`${secret} in ${path.basename(file)}`);
  }
  return hits;
}

async function restart(): Promise<void> {
  await staffed.house.gatehouse.start();
}

test('the search for a canary finds one where there is one', () => {
  for (const secret of secrets) {
    for (const form of formsOf(secret)) expect(Buffer.concat([Buffer.alloc(64, 1), form]).includes(form)).toBe(true);
  }
  const inside = Buffer.from(`xx${SENTENCE}yy`).toString('base64');
  expect(formsOf('pangolin').some((form) => inside.includes(form.toString('utf8')))).toBe(true);
});

test('a sentence, a name and a number leave no trace on disk, whatever happens to them', async () => {
  const { house } = staffed;
  house.carrier.text({ from: `+${NUMBER}`, to: LINE, text: SENTENCE });
  const chat = await chatWith(alice, '0187');
  await alice.message(chat, SENTENCE);
  const said = await alice.sendText(chat, ANSWER);
  await marked(alice, { room: chat, event: said }, '✓✓');
  await alice.edit(chat, said, `${ANSWER}, says Quillfeather`);
  await alice.sendText(chat, '!note Quillfeather is the pangolin’s keeper');

  await house.carrier.misbehave({ reject: [{ to: NUMBER, status: 0x0b }] });
  const failing = await alice.sendText(chat, FAILING);
  await replyTo(alice, { room: chat, event: failing });
  await house.carrier.misbehave({});

  const desk = await roomNamed(olivia, 'Compliance');
  for (const command of [
    `!c search "vermilion pangolin"`,
    `!c search from:+${NUMBER}`,
    '!c search "vermilion',
    `!c pangolin Quillfeather`,
    '!c verify',
  ]) {
    await replyTo(olivia, { room: desk, event: await olivia.sendText(desk, command) });
  }
  const chatBot = await roomNamed(alice, 'Gatehouse');
  const asked = await alice.sendText(chatBot, `!sms (202) 555-01870 pangolin`);
  await replyTo(alice, { room: chatBot, event: asked });
  await malformed();
  expect(await found()).toEqual([]);

  const crashing = await alice.sendText(chat, CRASHING);
  await house.gatehouse.stop('SIGKILL');
  expect(await found()).toEqual([]);
  await restart();
  await goesOutOrIsUnclear({ room: chat, event: crashing });

  await house.gatehouse.stop();
  await crash(`pangolin Quillfeather +${NUMBER}`);
  expect(await found()).toEqual([]);
  house.carrier.text({ from: `+${NUMBER}`, to: LINE, text: `${SENTENCE} again` });
  await restart();
  await alice.message(chat, `${SENTENCE} again`);
  await house.gatehouse.stop();
  expect(await found()).toEqual([]);
  expect(await house.command('verify')).toMatch(/./u);
}, 180_000);

/**
 * It goes out, unless Gatehouse died between putting the attempt on record and giving it to the carrier: what may have
 * been sent is never sent again, and says so. The record tells which of the two it was.
 */
async function goesOutOrIsUnclear(at: { room: string; event: string }): Promise<void> {
  const { carrier } = staffed.house;
  const went = carrier.until('the text of before the crash', (line) => line.text === CRASHING).then(() => 'went');
  const unclear = marked(alice, at, '⚠️', 30_000).then(() => 'unclear');
  if ((await Promise.any([went, unclear])) === 'went') return;
  expect(bodyOf(await replyTo(alice, at))).toMatch(/^⚠️ Maybe sent: the connection broke while sending\./u);
  expect((await carrier.seen()).filter((line) => line.text === CRASHING)).toEqual([]);
  const kinds = (await newestRecords()).map((record) => record.kind);
  const begun = kinds.filter((kind) => ['delivery.attempt', 'system.started'].includes(kind));
  expect(begun.slice(-2)).toEqual(['delivery.attempt', 'system.started']);
  expect(kinds.slice(kinds.lastIndexOf('system.started'))).toContain('delivery.outcome');
}

const recordShape = z.object({ kind: z.string() });

/** By a process whose words are kept nowhere: they are texts. */
async function newestRecords(): Promise<readonly z.infer<typeof recordShape>[]> {
  const { dir, config } = staffed.house;
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'journal', 'tail', '--last', '60', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--config', config], { cwd: dir });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => recordShape.parse(JSON.parse(line)));
}

/** Gatehouse, at its work, ends by an error that nobody catches and that quotes `text`, as JSON.parse does. */
async function crash(text: string): Promise<void> {
  const { dir, config, ready } = staffed.house;
  const thrower = path.join(dir, 'thrower.mjs');
  await writeFile(thrower, `process.once('SIGUSR2', () => { JSON.parse(${JSON.stringify(text)}); });`);
  const args = ['--disable-warning=ExperimentalWarning', '--import', thrower, MAIN, 'run', '--config', config];
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes));
  const closed = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null && !(await ready())) await pause(50);
  child.kill('SIGUSR2');
  const code = await closed;
  await appendFile(path.join(dir, 'gatehouse.log'), Buffer.concat(said));
  expect(code).toBe(1);
  expect(Buffer.concat(said).toString('utf8')).toMatch(/gatehouse: SyntaxError: .*is not valid JSON/u);
}

/** Events that fit no schema, with the canary in every part that a complaint might quote. */
async function malformed(): Promise<void> {
  const { url, hs } = (await staffed.tokens()).bridge;
  const bodies = [
    JSON.stringify({
      events: [{ type: 'vermilion pangolin', sender: `@${NUMBER}`, room_id: 'Quillfeather', content: 1 }],
    }),
    `{"events":[{"vermilion pangolin": `,
    `{"pangolin": "Quillfeather"}`,
  ];
  for (const [index, body] of bodies.entries()) {
    const answer = await fetch(`${url}/_matrix/app/v1/transactions/pangolin-${String(index)}?pangolin=${NUMBER}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${hs}`, 'content-type': 'application/json' },
      body,
    });
    await answer.text();
  }
}
