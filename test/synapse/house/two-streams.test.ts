/** Each event reaches Gatehouse by two appservices. Whichever brings it first, what follows is the same, and follows once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bodyOf, chatWith, HOUSE_START_MS, marked, marksOn, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import { SlowDoor } from '../../support/slow-door.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
const services = ['bridge', 'archive'] as const;
const files = { bridge: 'registration.yaml', archive: 'registration.archive.yaml' };

let staffed: StaffedHouse;
let doors: Record<(typeof services)[number], SlowDoor>;
let alice: StaffClient;
let olivia: StaffClient;
let chat: string;

/** Puts a door between Synapse and one listener of Gatehouse. */
async function doorFor(service: (typeof services)[number]): Promise<SlowDoor> {
  const { url } = (await staffed.tokens())[service];
  const door = await SlowDoor.open(url);
  const file = path.join(staffed.house.dir, files[service]);
  await writeFile(file, (await readFile(file, 'utf8')).replace(url, door.url));
  return door;
}

beforeAll(async () => {
  staffed = await staffedHouse();
  doors = { bridge: await doorFor('bridge'), archive: await doorFor('archive') };
  await staffed.house.synapse.restart();
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Hi' });
  chat = await chatWith(alice, '0199');
  await alice.message(chat, 'Hi');
}, HOUSE_START_MS);

afterAll(async () => {
  for (const service of services) await doors[service].close();
  await staffed[Symbol.asyncDispose]();
}, 60_000);

async function takenAs(text: string): Promise<number> {
  return (await staffed.house.carrier.taken()).filter((line) => line.text === text).length;
}

/**
 * What is done now is brought by this stream alone, and behind all that it held back: whatever that leads to is there
 * before what `act` leads to.
 */
async function behindAllOf<T>(service: (typeof services)[number], act: () => Promise<T>): Promise<T> {
  const other = service === 'bridge' ? 'archive' : 'bridge';
  doors[other].hold();
  doors[service].release();
  try {
    return await act();
  } finally {
    doors[other].release();
  }
}

describe.each(services)('with the %s stream held back', (service) => {
  const name = (text: string): string => `${text} (${service} held back)`;

  test('a message goes out once and has one mark', async () => {
    doors[service].hold();
    const said = await alice.sendText(chat, name('first'));
    await marked(alice, { room: chat, event: said }, '✓✓');
    expect(await takenAs(name('first'))).toBe(1);
    await doors[service].holds();
    await behindAllOf(service, async () => {
      const after = await alice.sendText(chat, name('second'));
      await marked(alice, { room: chat, event: after }, '✓✓');
    });
    expect(marksOn(alice, chat, said)).toEqual(['✓✓']);
    expect(await takenAs(name('first'))).toBe(1);
    expect(await takenAs(name('second'))).toBe(1);
  }, 60_000);

  test('a command is answered once, and what both streams brought is on record once', async () => {
    doors[service].hold();
    const room = await roomNamed(alice, 'Gatehouse');
    const asked = await alice.sendText(room, '!help');
    expect(bodyOf(await replyTo(alice, { room, event: asked }))).toContain('!sms');
    await doors[service].holds();
    await behindAllOf(service, async () => {
      const again = await alice.sendText(room, '!help sms');
      await replyTo(alice, { room, event: again });
    });
    expect(alice.timeline(room).filter((event) => event.replyEventId === asked)).toHaveLength(1);

    const desk = await roomNamed(olivia, 'Compliance');
    const searched = await olivia.sendText(desk, `!c search "${name('first')}"`);
    const found = await replyTo(olivia, { room: desk, event: searched });
    expect(bodyOf(found).split('\n')[0]).toBe('1 found, newest first');
    const verified = await olivia.sendText(desk, '!c verify');
    expect(bodyOf(await replyTo(olivia, { room: desk, event: verified }))).toMatch(/^Record unbroken/u);
    expect(olivia.timeline(desk).filter((event) => event.replyEventId === searched)).toHaveLength(1);
  }, 60_000);

  test('an invitation of @gatehouse is taken, and greeted once', async () => {
    doors[service].hold();
    const { room_id: room } = await alice.sdk.createRoom({ invite: ['@gatehouse:acme.example'], is_direct: true });
    const greeted = await alice.event(room, 'the greeting', (event) => event.getType() === 'm.room.message');
    expect(bodyOf(greeted)).toMatch(/^I take commands in our own chat: /u);
    const own = await roomNamed(alice, 'Gatehouse');
    await doors[service].holds();
    await behindAllOf(service, async () => {
      const asked = await alice.sendText(own, '!help note');
      await replyTo(alice, { room: own, event: asked });
    });
    expect(alice.timeline(room).filter((event) => event.getType() === 'm.room.message')).toHaveLength(1);
  }, 60_000);
});
