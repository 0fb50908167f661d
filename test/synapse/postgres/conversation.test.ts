import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { bodyOf, type Client } from '../../../src/demo/client.ts';
import { LINE_NUMBER, openHouse, type House } from '../../../src/demo/house.ts';
import { installSynapse } from '../../../src/demo/synapse/install.ts';
import { cuttableProxy, type CuttableProxy } from '../../support/cuttable-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { SYNAPSE_START_MS } from '../../support/synapse.ts';

const CACHE = path.resolve(import.meta.dirname, '../../../.cache/synapse');
const ANN = '+12025550199';
const verdict = z.object({ ok: z.boolean(), size: z.number(), covered: z.number(), firstBad: z.null() });

let dir: string;
let postgres: TestPostgres;
let network: CuttableProxy;
let house: House;
let alice: Client;

/** The customer writes; resolves with the room in which Alice reads it. */
async function customerWrites(text: string) {
  house.carrier.text({ from: ANN, to: LINE_NUMBER, text });
  return alice.until(
    `“${text}”`,
    (rooms) => rooms.find((room) => room.events.some((one) => bodyOf(one) === text && ofTheCustomer(one.sender)))?.id,
  );
}

function ofTheCustomer(sender: string | undefined): boolean {
  return sender?.startsWith('@_gh_sms_12025550199:') === true;
}

async function verified() {
  return verdict.parse(JSON.parse(await house.command('verify', '--json')));
}

async function found(query: string): Promise<string[]> {
  const lines = (await house.command('search', query, '--json')).split('\n').filter((one) => one.startsWith('{'));
  return lines.map((one) => z.object({ text: z.string() }).parse(JSON.parse(one)).text);
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'gatehouse-on-postgres-'));
  postgres = await startPostgres();
  const [url, keysUrl] = [new URL(await postgres.database()), new URL(await postgres.database())];
  network = await cuttableProxy(Number(url.port));
  for (const one of [url, keysUrl]) one.port = String(network.port);
  const database = { url: url.href, keysUrl: keysUrl.href };
  house = await openHouse({ installation: await installSynapse({ cacheDir: CACHE }), dir, database });
  alice = await house.login('alice');
}, SYNAPSE_START_MS);

afterAll(async () => {
  await alice.stop();
  await house[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
}, 120_000);

describe('with the record in PostgreSQL', () => {
  test('a customer and Alice write to each other, and she sees that it was delivered', async () => {
    const room = await customerWrites('Is the blue one still available?');
    const said = await alice.say(room, 'Yes! Shall I hold one?');
    const taken = await house.carrier.until('answer', (one) => one.pdu === 'message');
    expect(taken).toMatchObject({ text: 'Yes! Shall I hold one?', to: ANN.slice(1) });
    await alice.until('✓✓ on it', (rooms) =>
      rooms
        .find(({ id }) => id === room)
        ?.events.find((one) => JSON.stringify(one.content).includes('✓✓') && JSON.stringify(one).includes(said)),
    );
  }, 120_000);

  test('the admin finds and verifies the record while it runs', async () => {
    expect(await found('"blue one" network:sms')).toEqual(['Is the blue one still available?']);
    expect(await found('hold')).toEqual(['Yes! Shall I hold one?']);
    const running = await verified();
    expect(running).toMatchObject({ ok: true });
    expect(running.size).toBeGreaterThan(10);
  }, 120_000);

  test('nothing of it lies in files: no database, no text', async () => {
    const files = await readdir(path.join(dir, 'data'), { recursive: true, withFileTypes: true });
    expect(files.filter((one) => one.name.includes('.db'))).toEqual([]);
    const read = files.filter((one) => one.isFile()).map((one) => readFile(path.join(one.parentPath, one.name)));
    for (const bytes of await Promise.all(read)) expect(bytes.includes('blue one')).toBe(false);
  });

  test('after a stop it verifies at rest, all of it under a checkpoint, and rebuilds to the same', async () => {
    await house.gatehouse.stop();
    const atRest = await verified();
    // The publication's own entry, and that of this very command, are the next checkpoint's.
    expect(atRest).toMatchObject({ ok: true, covered: atRest.size - 2 });
    expect(await found('"blue one" network:sms')).toEqual(['Is the blue one still available?']);
    await expect(house.command('rebuild', '--check')).resolves.toEqual(expect.any(String));
  }, 120_000);

  test('after the start the conversation goes on in the same room, also with what came meanwhile', async () => {
    const before = await verified();
    house.carrier.text({ from: ANN, to: LINE_NUMBER, text: 'Are you there?' });
    await house.gatehouse.start();
    const room = await customerWrites('Hello again');
    const texts = alice.rooms
      .get(room)
      ?.filter((one) => one.type === 'm.room.message' && ofTheCustomer(one.sender))
      .map(bodyOf);
    expect(texts).toEqual(['Is the blue one still available?', 'Are you there?', 'Hello again']);
    await alice.say(room, 'Here I am');
    await house.carrier.until('second answer', (one) => one.pdu === 'message' && one.text === 'Here I am');
    const after = await verified();
    expect(after.ok).toBe(true);
    expect(after.size).toBeGreaterThan(before.size);
  }, 120_000);

  test('a crash loses nothing: what the carrier was told is taken is in the record', async () => {
    house.carrier.text({ from: ANN, to: LINE_NUMBER, text: 'Just before the crash' });
    await house.carrier.until('the text', (one) => one.dir === 'out' && one.text === 'Just before the crash');
    await house.gatehouse.stop('SIGKILL');
    await house.gatehouse.start();
    const room = await customerWrites('And after it');
    const heard = alice.rooms.get(room)?.filter((one) => bodyOf(one) === 'Just before the crash');
    expect(heard?.length).toBeGreaterThanOrEqual(1);
    expect(await verified()).toMatchObject({ ok: true });
  }, 120_000);

  test('while the database can’t be reached nothing is acknowledged or sent, and it goes on by itself afterwards', async () => {
    const room = await customerWrites('Before the outage');
    network.cut();
    house.carrier.text({ from: ANN, to: LINE_NUMBER, text: 'During the outage' });
    await house.carrier.until('a refusal', (one) => one.pdu === 'deliver_sm_resp' && one.status === 0x64);
    const said = await alice.say(room, 'Said during the outage');
    expect(house.gatehouse.running).toBe(true);
    expect((await house.carrier.taken()).map((one) => one.text)).not.toContain('Said during the outage');
    network.heal();
    await alice.until('the text', (rooms) =>
      rooms.find((one) => one.events.some((e) => bodyOf(e) === 'During the outage')),
    );
    await house.carrier.until('her answer', (one) => one.pdu === 'message' && one.text === 'Said during the outage');
    expect(said).toMatch(/^\$/u);
    expect(await verified()).toMatchObject({ ok: true });
  }, 120_000);
});
