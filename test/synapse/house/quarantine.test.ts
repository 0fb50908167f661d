/** A card number on its way to a customer: stopped, decided with one tap, sent once or never, and everybody told. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MatrixEvent } from 'matrix-js-sdk';
import {
  bodyOf,
  chatWith,
  HOUSE_START_MS,
  marked,
  replyTo,
  roomNamed,
  staffedHouse,
  type StaffedHouse,
} from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
/** Test numbers of the networks: the check digits hold, and nobody owns them. */
const cards = {
  approved: '4111 1111 1111 1111',
  rejected: '5555 5555 5555 4444',
  withdrawn: '4012 8888 8888 1881',
  killed: '3782 822463 10005',
};
const QUARANTINED = 'Compliance has been asked; your next messages go out meanwhile. Delete it to withdraw it.';

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let chat: string;
let desk: string;

beforeAll(async () => {
  staffed = await staffedHouse({ starterRules: true });
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  desk = await roomNamed(olivia, 'Compliance');
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Can I pay by card?' });
  chat = await chatWith(alice, '0199');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

/** How often the carrier was given exactly this text. */
async function taken(text: string): Promise<number> {
  return (await staffed.house.carrier.seen()).filter((line) => line.pdu === 'submit_sm' && line.text === text).length;
}

/** The card that shows the end of this number, with its buttons on it. */
async function cardOf(ends: string): Promise<MatrixEvent> {
  const card = await olivia.event(desk, `the card that ends ${ends}`, (one) => bodyOf(one).includes(ends));
  await olivia.until('✅ and ❌ on it', () => (keysOn(card).length >= 2 ? true : undefined));
  return card;
}

function keysOn(card: MatrixEvent): readonly string[] {
  return olivia
    .timeline(desk)
    .filter((one) => one.getRelation()?.event_id === card.getId())
    .flatMap((one) => one.getRelation()?.key ?? []);
}

function idOf(event: MatrixEvent): string {
  const id = event.getId();
  if (id === undefined) throw new Error('an event without an id');
  return id;
}

test('it is stopped, its sender is told why, and what she writes next goes out', async () => {
  const text = `use ${cards.approved} exp 04/29`;
  const said = await alice.sendText(chat, text);
  await marked(alice, { room: chat, event: said }, '🛑');
  expect(bodyOf(await replyTo(alice, { room: chat, event: said }))).toBe(
    `Quarantined: looks like a payment card number (ends 1111). ${QUARANTINED}`,
  );
  const next = await alice.sendText(chat, 'One moment please');
  await marked(alice, { room: chat, event: next }, '✓✓');
  expect(await taken(text)).toBe(0);
}, 90_000);

test('the officer sees it masked, lets it go with one tap, and it goes out once', async () => {
  const text = `use ${cards.approved} exp 04/29`;
  const card = await cardOf('1111');
  expect(bodyOf(card)).toContain('card-number');
  expect(bodyOf(card)).not.toContain('4111');
  await olivia.react(desk, idOf(card), '✅');
  await staffed.house.carrier.until('the approved text', (line) => line.pdu === 'submit_sm' && line.text === text);
  await olivia.react(desk, idOf(card), '❌').catch(() => undefined);
  const after = await alice.sendText(chat, 'Thank you');
  await marked(alice, { room: chat, event: after }, '✓✓');
  expect(await taken(text)).toBe(1);
}, 90_000);

test('what is rejected never goes out, and its sender reads why', async () => {
  const text = `or ${cards.rejected}`;
  const said = await alice.sendText(chat, text);
  await marked(alice, { room: chat, event: said }, '🛑');
  const card = await cardOf('4444');
  const item = /^\S+/u.exec(bodyOf(card))?.[0] ?? '';
  await olivia.sendText(desk, `!c reject ${item} please use the payment link`);
  await alice.event(chat, 'the reason', (one) => bodyOf(one).includes('please use the payment link'));
  await expectGoneQuiet();
  expect(await taken(text)).toBe(0);
}, 90_000);

test('what its sender deletes is withdrawn, and a tap afterwards sends nothing', async () => {
  const text = `mine is ${cards.withdrawn}`;
  const said = await alice.sendText(chat, text);
  await marked(alice, { room: chat, event: said }, '🛑');
  const card = await cardOf('1881');
  await alice.redact(chat, said);
  await olivia.until('the card to say so', () =>
    olivia.timeline(desk).some((one) => /withdrawn/iu.test(bodyOf(one))) ? true : undefined,
  );
  await olivia.react(desk, idOf(card), '✅').catch(() => undefined);
  await expectGoneQuiet();
  expect(await taken(text)).toBe(0);
}, 90_000);

test('killed while it waits and while it is decided, it is sent once all the same', async () => {
  const { gatehouse, carrier } = staffed.house;
  const text = `last one ${cards.killed}`;
  const said = await alice.sendText(chat, text);
  await gatehouse.stop('SIGKILL');
  await gatehouse.start();
  await marked(alice, { room: chat, event: said }, '🛑', 45_000);
  const card = await cardOf('0005');
  await gatehouse.stop('SIGKILL');
  await olivia.react(desk, idOf(card), '✅');
  await gatehouse.start();
  await carrier.until('the approved text', (line) => line.pdu === 'submit_sm' && line.text === text);
  await gatehouse.stop('SIGKILL');
  await gatehouse.start();
  await expectGoneQuiet();
  expect(await taken(text)).toBe(1);
}, 150_000);

test('afterwards it is found by its rule, with its number masked until somebody says why', async () => {
  await olivia.sendText(desk, '!c search rule:card-number is:quarantined');
  const list = await olivia.event(desk, 'what was found', (one) => bodyOf(one).startsWith('4 found, newest first'));
  expect(bodyOf(list)).toContain('“last one •••• 0005”');
  for (const number of Object.values(cards)) expect(bodyOf(list)).not.toContain(number);
  const [, record = ''] = /^(\S+) .*0005”$/mu.exec(bodyOf(list)) ?? [];
  await olivia.sendText(desk, `!c show ${record} —unmask the bank asks for it`);
  const shown = await olivia.event(desk, 'the number', (one) => bodyOf(one).includes(`“last one ${cards.killed}”`));
  expect(bodyOf(shown)).toContain('Delivery: ');
  const told = await olivia.event(desk, 'the other officer to be told', (one) =>
    bodyOf(one).includes('was shown record'),
  );
  expect(bodyOf(told)).toBe(`Olivia was shown record ${record} with its numbers: the bank asks for it`);
  await olivia.sendText(desk, '!c health');
  const health = await olivia.event(desk, 'how it goes', (one) => bodyOf(one).includes('Quarantined 0'));
  expect(bodyOf(health)).toMatch(/^Rules \d+ in force, changed /mu);
}, 90_000);

test('no number is in clear in anything that Gatehouse wrote, though it was found, shown and sent', async () => {
  const { dir } = staffed.house;
  const files = [path.join(dir, 'gatehouse.log')];
  for (const entry of await readdir(path.join(dir, 'data'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
  }
  const numbers = Object.values(cards).flatMap((number) => [number, number.replaceAll(' ', '')]);
  const found: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    if (numbers.some((number) => bytes.includes(number))) found.push(path.relative(dir, file));
  }
  expect(files.length).toBeGreaterThan(3);
  expect(found).toEqual([]);
}, 60_000);

/** The desk has answered behind all that was tapped, and a message behind all of it has arrived. */
async function expectGoneQuiet(): Promise<void> {
  const asked = await olivia.sendText(desk, '!c help');
  await replyTo(olivia, { room: desk, event: asked }, 45_000);
  const said = await alice.sendText(chat, `A word at ${String(performance.now())}`);
  await marked(alice, { room: chat, event: said }, '✓✓', 45_000);
}
