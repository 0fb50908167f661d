/**
 * Of a customer whose records went nothing is left: not in our files, not in Synapse's database once it is vacuumed, not
 * among its files, not in any log. A copy from before opens until the date that the certificate names, and not after it.
 */
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MatrixEvent } from 'matrix-js-sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { Child } from '../../../src/demo/child.ts';
import { openNote, parseVkey } from '../../../src/journal/merkle/signed-note.ts';
import { holds } from '../../support/canary.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const PATIENCE_MS = 60_000;
const LINE = '+12025550100';
const NUMBER = '12025550186';
const NAME = 'Quillfeather';
const SENTENCE = `the vermilion pangolin of ${NAME} naps`;
/** A tenth more than the config says. */
const ERASED_AFTER_MS = 1_100;
const IN_FILE = `a vermilion pangolin, drawn by ${NAME}`;
const secrets = ['vermilion', 'pangolin', NAME, NUMBER, '2025550186', '202 555 0186', '(202) 555-0186', '555-0186'];
/** How Synapse names the ghost in its own log and tables: it can't delete that. */
const GHOST = `_gh_sms_${NUMBER}`;

const answerShape = z.object({ data: z.record(z.string(), z.unknown()) });
const foundShape = z.object({ kind: z.string(), text: z.string().nullable() });

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;
/** Outside the house: what commands print for an officer is a copy of the officer's. */
let aside: string;

beforeAll(async () => {
  aside = await mkdtemp(path.join(tmpdir(), 'gatehouse-aside-'));
  staffed = await staffedHouse({
    configure: (config) => {
      config.setIn(['retention', 'classes'], config.createNode({ quick: { keep: '0s', erase: '1s' } }));
      config.setIn(['retention', 'default'], 'quick');
      config.setIn(['retention', 'homeserver'], config.createNode({ purge: true }));
      config.setIn(['backup', 'keys', 'keepFor'], '20s');
    },
  });
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
  await rm(aside, { recursive: true });
}, 60_000);

function command(...args: readonly string[]): Promise<string> {
  const { dir, config } = staffed.house;
  return new Child({ args: [...args, '--config', config], cwd: dir, log: path.join(aside, 'said.log') }).finish();
}

async function found(words: string): Promise<readonly string[]> {
  const said = await command('search', '--json', words);
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => foundShape.safeParse(JSON.parse(line)).data?.text ?? []);
}

async function ask(who: StaffClient, words: string): Promise<string> {
  const event = await who.sendText(desk, words);
  return bodyOf(await replyTo(who, { room: desk, event }, PATIENCE_MS));
}

/** What the desk says after this command, under that key. */
async function told(words: string, key: string): Promise<MatrixEvent> {
  const known = new Set(olivia.timeline(desk).map((event) => event.getId()));
  await olivia.sendText(desk, words);
  return olivia.until(
    key,
    () =>
      olivia.timeline(desk).find((event) => {
        const said = answerShape.safeParse(event.getContent()['org.gatehouse.answer']);
        return !known.has(event.getId()) && said.success && key in said.data.data;
      }),
    PATIENCE_MS,
  );
}

async function below(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.relative(folder, file), await readFile(file));
  }
  return files;
}

function foundIn(files: ReadonlyMap<string, Buffer>): readonly string[] {
  return [...files].flatMap(([name, bytes]) =>
    secrets.filter((secret) => holds(bytes, secret)).map((secret) => `${secret} in ${name}`),
  );
}

/** Everything that Gatehouse wrote, what it printed too. */
async function ours(): Promise<ReadonlyMap<string, Buffer>> {
  const { dir } = staffed.house;
  const files = new Map<string, Buffer>();
  for (const folder of ['data', 'config', 'secrets']) {
    for (const [name, bytes] of await below(path.join(dir, folder))) files.set(`${folder}/${name}`, bytes);
  }
  for (const name of ['gatehouse.log', 'commands.log']) files.set(name, await readFile(path.join(dir, name)));
  return files;
}

/** Database, media, logs of Synapse, with the ghost's id left out of them. */
async function synapses(): Promise<ReadonlyMap<string, Buffer>> {
  const files = await below(path.dirname(staffed.house.synapse.configFile));
  return new Map([...files].map(([name, bytes]) => [name, without(bytes, GHOST)]));
}

function without(bytes: Buffer, word: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(word, ''), 'latin1');
}

/** As docs/retention.md says: with Synapse stopped. */
async function vacuumed(): Promise<void> {
  const { synapse } = staffed.house;
  await synapse.stop();
  const database = new Sqlite(path.join(path.dirname(synapse.configFile), 'homeserver.db'));
  database.exec("insert into event_search(event_search) values ('optimize')");
  database.exec('vacuum');
  database.close();
}

async function conversation(): Promise<void> {
  const { carrier } = staffed.house;
  carrier.text({ from: `+${NUMBER}`, to: LINE, text: SENTENCE });
  const chat = await chatWith(alice, '0186');
  await alice.message(chat, SENTENCE);
  const said = await alice.sendText(chat, `tell ${NAME} the pangolin is fed`);
  await marked(alice, { room: chat, event: said }, '✓✓');
  await alice.edit(chat, said, `tell ${NAME} the vermilion pangolin is fed`);
  await alice.sendText(chat, `!note ${NAME} keeps the pangolin`);
  await carrier.misbehave({ reject: [{ to: NUMBER, status: 0x0b }] });
  await replyTo(alice, { room: chat, event: await alice.sendText(chat, 'the vermilion pangolin refused') });
  await carrier.misbehave({});
  const office = await alice.createRoom('Office');
  const bytes = new Blob([IN_FILE], { type: 'text/plain' });
  const { content_uri: url } = await alice.sdk.uploadContent(bytes, { type: 'text/plain' });
  await alice.sendRaw(office, 'm.room.message', { msgtype: 'm.file', body: `${NAME}.txt`, url });
  await alice.sendText(office, `+${NUMBER} wants the pangolin`);
  await alice.sendText(office, 'the last word of the office');
  expect(await ask(olivia, '!c search "vermilion pangolin"')).toContain('pangolin');
  expect(await ask(olivia, `!c search from:+${NUMBER}`)).toContain('pangolin');
}

/** The file is fetched beside everything else; what was said before the last answer was on record before that answer. */
async function allOfItIsDue(): Promise<void> {
  while (!(await command('search', 'kind:file.stored', '--json')).includes('{')) await pause(100);
  await ask(olivia, '!c help');
  await pause(ERASED_AFTER_MS);
}

async function armed(): Promise<void> {
  await told('!c retention preview', 'due');
  await ask(olivia, '!c retention arm');
  await ask(omar, '!c retention arm');
}

/** The signed file, opened with the key that lies in the data folder for everybody. */
async function certificateSays(): Promise<string> {
  const { dir, synapse } = staffed.house;
  await ask(olivia, '!c certificate');
  const file = await olivia.until('the file', () =>
    olivia.timeline(desk).findLast((event) => bodyOf(event).startsWith('certificate-')),
  );
  const url = z.string().parse(file.getContent()['url']).slice('mxc://'.length);
  const answer = await fetch(`${synapse.url}/_matrix/client/v1/media/download/${url}`, {
    headers: { authorization: `Bearer ${olivia.sdk.getAccessToken() ?? ''}` },
  });
  const verifier = parseVkey(await readFile(path.join(dir, 'data/log/vkey'), 'utf8'));
  if (verifier === undefined) throw new Error('there is no key');
  const opened = openNote(await answer.text(), verifier);
  return opened.ok ? opened.value : opened.error;
}

/** Restores the copy into the place of the record, asks, and puts the record back. */
async function inCopy<T>(more: readonly string[], look: (said: string) => Promise<T>): Promise<T> {
  const data = path.join(staffed.house.dir, 'data');
  await rename(data, `${data}.now`);
  try {
    return await look(await command('restore', path.join(aside, 'backup'), ...more));
  } finally {
    await rm(data, { recursive: true, force: true });
    await rename(`${data}.now`, data);
  }
}

test('text, name and number are found nowhere after the run, and in a copy from before until the date it names', async () => {
  const { house } = staffed;
  await conversation();
  const backup = path.join(aside, 'backup');
  expect(await command('backup', backup)).toContain('✓ Backed up');
  const [copied = ''] = await readdir(path.join(backup, 'journal'));
  expect((await found('pangolin')).length).toBeGreaterThan(5);
  expect(foundIn(await synapses())).not.toEqual([]);

  await allOfItIsDue();
  await armed();
  const certificate = await told('!c retention run', 'certificate');
  expect(bodyOf(certificate)).toContain('deleted for good');
  const signed = await certificateSays();
  expect(signed).toContain('Final on ');
  expect(signed).toContain('user ids, which hold the address, stay: Synapse cannot delete an id');
  expect(await command('verify')).toMatch(
    /✓ Record unbroken[^!✗]* erased: their content is gone[^!✗]* certified; certificates: /u,
  );
  expect(await found('pangolin')).toEqual([]);
  await house.gatehouse.stop();
  expect(foundIn(await ours())).toEqual([]);
  await vacuumed();
  expect(foundIn(await synapses())).toEqual([]);

  await inCopy([], async (said) => {
    expect(said).toContain('✓ Restored');
    expect((await found('pangolin')).length).toBeGreaterThan(5);
  });
  await pause(20_000);
  expect(await command('backup', backup)).toMatch(/older cop(?:y|ies) of the keys removed/u);
  await inCopy(['--time', copied], async (said) => {
    expect(said).toContain('were erased and stay so');
    expect(await found('pangolin')).toEqual([]);
    expect(await command('verify')).toContain('✓ Record unbroken');
  });
}, 300_000);
