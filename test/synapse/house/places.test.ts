/** Of a customer of whom all is over, room and ghost go in Synapse too; one who comes back is somebody new. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const PATIENCE_MS = 60_000;
const LINE = '+12025550100';
const NUMBER = '12025550184';
const GHOST = `@_gh_sms_${NUMBER}`;

const answerShape = z.object({ code: z.string(), data: z.record(z.string(), z.unknown()) });
const accountShape = z.object({ deactivated: z.boolean(), erased: z.boolean(), displayname: z.string().nullish() });
const eventShape = z.object({ content: z.record(z.string(), z.unknown()).optional() });
const countShape = z.object({ n: z.number() });

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;

beforeAll(async () => {
  staffed = await staffedHouse({
    configure: (config) => {
      config.setIn(['retention', 'classes'], config.createNode({ quick: { keep: '0s', erase: '0s' } }));
      config.setIn(['retention', 'default'], 'quick');
      config.setIn(['retention', 'homeserver'], config.createNode({ purge: true }));
      config.setIn(['desks', 0, 'fourEyes'], config.createNode([]));
    },
  });
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

async function ask(who: StaffClient, command: string) {
  const event = await replyTo(who, { room: desk, event: await who.sendText(desk, command) }, PATIENCE_MS);
  return answerShape.parse(event.getContent()['org.gatehouse.answer']);
}

/** What the desk says after this command, under that key. */
async function told(command: string, key: string): Promise<string> {
  const known = new Set(olivia.timeline(desk).map((event) => event.getId()));
  await olivia.sendText(desk, command);
  const event = await olivia.until(
    key,
    () =>
      olivia.timeline(desk).find((one) => {
        const said = answerShape.safeParse(one.getContent()['org.gatehouse.answer']);
        return !known.has(one.getId()) && said.success && key in said.data.data;
      }),
    PATIENCE_MS,
  );
  return bodyOf(event);
}

async function admin(...where: readonly string[]): Promise<{ status: number; body: unknown }> {
  const { dir, synapse } = staffed.house;
  const token = (await readFile(path.join(dir, 'secrets/admin-token'), 'utf8')).trim();
  const url = `${synapse.url}/_synapse/admin/${where.map(encodeURIComponent).join('/')}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
}

async function ghost() {
  const { body } = await admin('v2', 'users', `${GHOST}:${staffed.house.synapse.domain}`);
  return accountShape.parse(body);
}

/** Rows of Synapse's events of a room: read while it runs. */
function rowsOf(room: string): number {
  const file = path.join(path.dirname(staffed.house.synapse.configFile), 'homeserver.db');
  const database = new Sqlite(file, { readonly: true });
  try {
    return countShape.parse(database.prepare('select count(*) as n from event_json where room_id = ?').get(room)).n;
  } finally {
    database.close();
  }
}

/** As a colleague's client has it. */
async function content(room: string, event: string): Promise<unknown> {
  const where = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`;
  const headers = { authorization: `Bearer ${olivia.sdk.getAccessToken() ?? ''}` };
  const answer = await fetch(`${staffed.house.synapse.url}${where}`, { headers });
  return eventShape.parse(await answer.json()).content ?? answer.status;
}

test('what somebody said among others who stay is purged as far as it stands first, and taken back one by one', async () => {
  const office = await alice.createRoom('Office', [olivia.userId]);
  await olivia.room('the office', ({ id, membership }) => id === office && membership === 'join');
  const [first, theirs] = [await alice.sendText(office, 'first'), await olivia.sendText(office, 'of somebody else')];
  const [second, last] = [await alice.sendText(office, 'second'), await olivia.sendText(office, 'the last')];
  await olivia.sendText(desk, `!c dsar new ${alice.userId} erase`);
  const asked = await olivia.until(
    'the inventory',
    () =>
      olivia
        .timeline(desk)
        .map(bodyOf)
        .find((body) => body.includes('To have it done: !c dsar run')),
    PATIENCE_MS,
  );
  const id = /dsar run (\S+)/u.exec(asked)?.[1] ?? '';
  expect(await told(`!c dsar run ${id}`, 'run')).toContain('erased for good');
  expect(await told('!c certificate', 'certificate')).toContain('1: taken back');
  expect(await content(office, first)).toBe(404);
  expect(await content(office, theirs)).toMatchObject({ body: 'of somebody else' });
  expect(await content(office, second)).toEqual({});
  expect(await content(office, last)).toMatchObject({ body: 'the last' });
}, 120_000);

test('room and ghost go with the last of their records, and a customer who comes back finds both anew', async () => {
  const { carrier } = staffed.house;
  carrier.text({ from: `+${NUMBER}`, to: LINE, text: 'Is anybody there?' });
  const chat = await chatWith(alice, '0184');
  await alice.message(chat, 'Is anybody there?');
  const said = await alice.sendText(chat, 'All day');
  await marked(alice, { room: chat, event: said }, '✓✓');
  expect(await ghost()).toMatchObject({ deactivated: false, displayname: '+1 202 555 0184 (SMS)' });
  expect(rowsOf(chat)).toBeGreaterThan(5);

  await told('!c retention preview', 'due');
  await ask(olivia, '!c retention arm');
  expect((await ask(omar, '!c retention arm')).data).toMatchObject({ armed: true });
  const certificate = await told('!c retention run', 'certificate');
  expect(certificate).not.toContain('could not be read back');

  expect((await admin('v1', 'rooms', chat)).status).toBe(404);
  expect(rowsOf(chat)).toBe(0);
  expect(await ghost()).toEqual({ deactivated: true, erased: true, displayname: null });

  carrier.text({ from: `+${NUMBER}`, to: LINE, text: 'Here I am again' });
  const again = await alice.until('a new chat', () => {
    const rooms = alice.sdk.getRooms().filter((room) => room.getMyMembership() === 'join' && room.roomId !== chat);
    return rooms.find((room) => room.name.replace(/\D/gu, '').endsWith('0184'))?.roomId;
  });
  const shown = await alice.message(again, 'Here I am again');
  expect(shown.getSender()).toBe(`${GHOST}:${staffed.house.synapse.domain}`);
  expect(await ghost()).toMatchObject({ deactivated: false, erased: false, displayname: '+1 202 555 0184 (SMS)' });
  const answered = await alice.sendText(again, 'Welcome back');
  await marked(alice, { room: again, event: answered }, '✓✓');
}, 300_000);
