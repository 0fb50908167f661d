/** A connector that Gatehouse knows nothing of but the name of its npm package, in a whole running house. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Network } from '../../contract/network.ts';
import { exampleNetwork } from '../../contract/networks/example.ts';
import { until } from '../../support/carrier.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { houseOfNetworks, type HouseOfNetworks } from './house-of-networks.ts';

let house: HouseOfNetworks;
let alice: StaffClient;

/** As its README writes it into the config. */
async function byPackage(around: Parameters<typeof exampleNetwork>[0]): Promise<Network> {
  const network = await exampleNetwork(around);
  return { ...network, settings: { ...network.settings, package: 'gatehouse-connector-example' } };
}

beforeAll(async () => {
  house = await houseOfNetworks([{ id: 'toys', type: 'echo', make: byPackage }]);
  alice = await house.staffed.person('alice');
}, HOUSE_START_MS);

afterAll(async () => {
  await house[Symbol.asyncDispose]();
}, 60_000);

test('a customer’s text comes in by it, an answer goes out by it, and its receipt is ✓✓', async () => {
  const network = house.network('toys');
  const text = `Hello ${randomUUID()}`;
  const taken = network.customerWrites(text);
  const chat = await chatWith(alice, '0199');
  expect((await alice.message(chat, text)).getSender()).toBe('@_gh_echo_12025550199:acme.example');
  await expect(taken).resolves.toBe(true);
  const answer = `Hello yourself ${randomUUID()}`;
  const event = await alice.sendText(chat, answer);
  await until('the answer at the customer', () => network.received().includes(answer), 20_000);
  await expect(network.customerCan?.receives?.()).resolves.toBe(true);
  await marked(alice, { room: chat, event }, '✓✓');
});

test('what it can’t carry is said in the room by its own word', async () => {
  const chat = await chatWith(alice, '0199');
  const asked = await alice.sendText(chat, '!templates');
  expect(bodyOf(await replyTo(alice, { room: chat, event: asked }))).toBe(
    'There are no ready texts for toys: write it in your own words, or ask your admin to add some.',
  );
  const info = { mimetype: 'image/png', size: 3 };
  const { content_uri: url } = await alice.sdk.uploadContent(new Blob(['png']), { type: 'image/png' });
  const event = await alice.sendRaw(chat, 'm.room.message', { msgtype: 'm.image', body: 'a.png', url, info });
  expect(bodyOf(await replyTo(alice, { room: chat, event }))).toContain("this line can't carry pictures");
});

test('doctor says what it carries, who keeps what comes, and where its provider calls; officers see how it is', async () => {
  const printed = await house.staffed.house.command('doctor');
  const lines = printed.split('\n').filter((line) => line.includes('toys'));
  expect(lines).toEqual([
    '✓ toys  connected',
    '✓ toys carries text of up to 2,000 characters; no pictures, videos, sound, voice messages, stickers, other files, ' +
      'edits, deletions, reactions, groups',
    '✓ toys: What customers write while Gatehouse is down is kept and brought again for 1 day.',
    expect.stringMatching(
      /^✓ toys: its provider calls http:\/\/127\.0\.0\.1:\d+\/webhooks\/toys, and Gatehouse answers there$/u,
    ),
  ]);
  const olivia = await house.staffed.person('olivia');
  const room = await roomNamed(olivia, 'Compliance');
  const event = await olivia.sendText(room, '!c health');
  expect(bodyOf(await replyTo(olivia, { room, event })).split('\n')).toContain('toys: connected');
});
