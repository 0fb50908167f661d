/** The carrier goes away, or rejects our password: what waits, who is told, and what goes out in the end. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CarrierSeen } from '../../../src/demo/carrier-seen.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, marksOn, replyTo } from '../../support/staffed-house.ts';
import { roomNamed, staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let carrier: CarrierSeen;
let chat: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  carrier = staffed.house.carrier;
  carrier.text({ from: ANN, to: LINE, text: 'Hi' });
  chat = await chatWith(alice, '0199');
  await alice.message(chat, 'Hi');
}, HOUSE_START_MS);

afterAll(async () => {
  await carrier.stop();
  await staffed[Symbol.asyncDispose]();
}, 60_000);

/** The same carrier again, which takes this password. */
async function carrierBack(passwordFile: string): Promise<void> {
  const { dir } = staffed.house;
  const [log, faults] = [path.join(dir, 'carrier.jsonl'), path.join(dir, 'carrier.faults.json')];
  carrier = await CarrierSeen.start({ port: carrier.port, systemId: 'acme', passwordFile, log, faults, dir });
}

async function texts(): Promise<readonly string[]> {
  return (await carrier.taken()).map((line) => line.text ?? '');
}

test('a carrier that rejects our password is told at the desk, once, with what it means; health says it too', async () => {
  const wrong = path.join(staffed.house.dir, 'other.password');
  await writeFile(wrong, 'changed1');
  await carrier.stop();
  await carrierBack(wrong);
  const waiting = await alice.sendText(chat, 'after the new password');
  const desk = await roomNamed(olivia, 'Compliance');
  const told = await olivia.until(
    'word of the password',
    () => olivia.timeline(desk).find((event) => bodyOf(event).includes('rejected our password')),
    60_000,
  );
  expect(bodyOf(told)).toMatch(
    /^SMS rejected our password at \d\d:\d\d: nothing can be sent on Sales\. What is written meanwhile waits/u,
  );
  expect(olivia.notification(told)).toEqual({ shown: true, sounds: true });
  const asked = await olivia.sendText(desk, '!c health');
  expect(bodyOf(await replyTo(olivia, { room: desk, event: asked }))).toMatch(
    /^Something is wrong ✗\n[^]*carrier: bad-credentials\n/u,
  );
  await marked(alice, { room: chat, event: waiting }, '⏳');

  await carrier.stop();
  await carrierBack(path.join(staffed.house.dir, 'carrier.password'));
  await staffed.reconfigure(() => undefined);
  await marked(alice, { room: chat, event: waiting }, '✓✓');
  expect((await texts()).filter((text) => text === 'after the new password')).toHaveLength(1);
  const words = olivia.timeline(desk).filter((event) => bodyOf(event).includes('rejected our password at'));
  expect(words).toHaveLength(1);
}, 150_000);

test('what waits can be edited, deleted and cancelled; after a minute the room is told once, silently', async () => {
  await carrier.stop();
  const [first, second, third, fourth] = [
    await alice.sendText(chat, 'one waits'),
    await alice.sendText(chat, 'two waits'),
    await alice.sendText(chat, 'three waits'),
    await alice.sendText(chat, 'four waits'),
  ];
  const at = (event: string) => ({ room: chat, event });
  await marked(alice, at(first), '⏳');
  await alice.edit(chat, second, 'two, edited');
  await alice.redact(chat, third);
  const cancel = await alice.reply(chat, fourth, '!cancel');
  expect(bodyOf(await replyTo(alice, at(cancel)))).toBe('Cancelled: nothing goes out.');
  const retry = await alice.reply(chat, first, '!retry');
  expect(bodyOf(await replyTo(alice, at(retry)))).toMatch(/^It is still waiting and goes out by itself\./u);
  await alice.until('no mark on what was cancelled', () =>
    marksOn(alice, chat, fourth).length === 0 ? true : undefined,
  );

  const notices = () => alice.timeline(chat).filter((event) => bodyOf(event).startsWith('Waiting: '));
  const notice = await alice.until('the notice', () => notices()[0], 100_000);
  expect(bodyOf(notice)).toMatch(
    /^Waiting: SMS hasn't answered since \d\d:\d\d\. It goes out when it does; !cancel \(reply\) stops it\.$/u,
  );
  expect(alice.notification(notice)).toEqual({ shown: false, sounds: false });

  await carrierBack(path.join(staffed.house.dir, 'carrier.password'));
  await staffed.reconfigure(() => undefined);
  await marked(alice, at(first), '✓✓');
  await marked(alice, at(second), '✓✓');
  const went = (await texts()).filter((text) => /wait|edited/u.test(text));
  expect(went).toEqual(['one waits', 'two, edited']);
  expect(notices()).toHaveLength(1);
}, 200_000);
