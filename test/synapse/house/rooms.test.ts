/** What admins and colleagues do to rooms and accounts on a real homeserver, and what becomes of the customers' chats. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EventTimeline } from 'matrix-js-sdk';
import { z } from 'zod';
import {
  bodyOf,
  chatWith,
  HOUSE_START_MS,
  replyTo,
  roomNamed,
  staffedHouse,
  type StaffedHouse,
} from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const LINE = '+12025550100';
const DOMAIN = 'acme.example';
const GATEHOUSE = `@gatehouse:${DOMAIN}`;
const ROOT = `@root:${DOMAIN}`;
const PATIENT_MS = 45_000;

jest.setTimeout(120_000);

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let desk: string;
let token: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  token = (await staffed.house.synapse.registerUser('root', 'only in a test', true)).accessToken;
  alice = await staffed.person('alice');
  olivia = await staffed.person('olivia');
  desk = await roomNamed(olivia, 'Compliance');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
});

/** As the server's admin, by its APIs alone. */
async function byAdmin(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${staffed.house.synapse.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
  return answer.json();
}

const inRoom = (room: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;

/** A customer of the test's own writes; resolves with the chat in which Alice reads it. */
async function chatOf(number: string, text: string): Promise<string> {
  staffed.house.carrier.text({ from: number, to: LINE, text });
  const chat = await chatWith(alice, number.slice(-4));
  await alice.message(chat, text);
  return chat;
}

function ghostOf(number: string): string {
  return `@_gh_sms_${number.slice(1)}:${DOMAIN}`;
}

/** The rooms that are in the spaces of lines, as Alice's client has it. */
function childrenOfSpaces(): readonly (string | undefined)[] {
  return alice.sdk
    .getRooms()
    .filter((room) => room.isSpaceRoom())
    .flatMap((room) => room.getLiveTimeline().getState(EventTimeline.FORWARDS)?.getStateEvents('m.space.child') ?? [])
    .filter((event) => Object.keys(event.getContent()).length > 0)
    .map((event) => event.getStateKey());
}

/** The admin takes power in a chat, as Synapse lets admins do, and comes in. */
async function takePower(chat: string): Promise<void> {
  await byAdmin('POST', `/_synapse/admin/v1/rooms/${encodeURIComponent(chat)}/make_room_admin`, { user_id: ROOT });
  await byAdmin('POST', `/_matrix/client/v3/join/${encodeURIComponent(chat)}`, {});
}

/** The newest words of the customer, in whatever room Alice has them now. */
async function heardElsewhere(old: string, text: string): Promise<string> {
  return alice.until(
    `“${text}” in another room than ${old}`,
    () =>
      alice.sdk
        .getRooms()
        .map((room) => room.roomId)
        .filter((room) => room !== old)
        .find((room) => alice.timeline(room).some((event) => bodyOf(event) === text)),
    PATIENT_MS,
  );
}

function toldAtDesk(what: string, words: string) {
  return olivia.until(
    `the desk to hear ${what}`,
    () => olivia.timeline(desk).find((event) => bodyOf(event).includes(words)),
    PATIENT_MS,
  );
}

const ANN = '+12025550301';
let moved: string;

describe('a chat whose room an admin upgrades', () => {
  test('goes on in the new room: texts come in there, and answers go out', async () => {
    const old = await chatOf(ANN, 'before the move');
    await takePower(old);
    const { replacement_room: next } = z
      .object({ replacement_room: z.string() })
      .parse(await byAdmin('POST', `${inRoom(old)}/upgrade`, { new_version: '12' }));
    staffed.house.carrier.text({ from: ANN, to: LINE, text: 'after the move' });
    moved = await heardElsewhere(old, 'after the move');
    expect(moved).toBe(next);
    await alice.sendText(moved, 'and back');
    await staffed.house.carrier.until(
      'the answer',
      (line) => line.pdu === 'message' && line.text === 'and back',
      PATIENT_MS,
    );
    await alice.until('the new room in the space, and the old one out of it', () =>
      childrenOfSpaces().includes(moved) && !childrenOfSpaces().includes(old) ? true : undefined,
    );
  });

  test('and then puts @gatehouse out of: the desk is told, and the next text opens a new one', async () => {
    await byAdmin('POST', `${inRoom(moved)}/kick`, { user_id: GATEHOUSE });
    await toldAtDesk('of the lost room', '@gatehouse was removed from it');
    staffed.house.carrier.text({ from: ANN, to: LINE, text: 'third room' });
    expect(await heardElsewhere(moved, 'third room')).not.toBe(moved);
  });
});

describe('a chat out of which an admin puts the customer’s side', () => {
  test.each(['kick', 'ban'])('by %s has it back at once, and its texts go on', async (act) => {
    const bea = act === 'kick' ? '+12025550302' : '+12025550303';
    const chat = await chatOf(bea, 'hello');
    await takePower(chat);
    await byAdmin('POST', `${inRoom(chat)}/${act}`, { user_id: ghostOf(bea) });
    await alice.event(chat, 'word that it is back', (event) => bodyOf(event).includes('It is back'));
    staffed.house.carrier.text({ from: bea, to: LINE, text: 'still here' });
    const shown = await alice.message(chat, 'still here');
    expect(shown.getSender()).toBe(ghostOf(bea));
  });
});

describe('a chat that an admin deletes', () => {
  test('is told to the desk once, and the next text opens a new one', async () => {
    const cal = '+12025550304';
    const old = await chatOf(cal, 'hello');
    await byAdmin('DELETE', `/_synapse/admin/v2/rooms/${encodeURIComponent(old)}`, { block: true, purge: true });
    await toldAtDesk('of the deleted room', '0304 (SMS) on Sales lost its room');
    staffed.house.carrier.text({ from: cal, to: LINE, text: 'are you there?' });
    await heardElsewhere(old, 'are you there?');
    const told = olivia.timeline(desk).filter((event) => bodyOf(event).includes('0304 (SMS) on Sales lost its room'));
    expect(told).toHaveLength(1);
  });
});

describe('a customer’s stand-in', () => {
  test('invited to a colleague’s own room declines, and says where to turn', async () => {
    const dan = '+12025550305';
    await chatOf(dan, 'hello');
    const own = await alice.createRoom('Lunch', [ghostOf(dan)]);
    const left = await alice.event(
      own,
      'the decline',
      (event) => event.getStateKey() === ghostOf(dan) && event.getContent().membership === 'leave',
    );
    expect(left.getContent()['reason']).toContain('is only a stand-in for a customer');
  });

  test('whose account an admin suspends keeps no text from being shown', async () => {
    const eva = '+12025550306';
    const chat = await chatOf(eva, 'hello');
    await byAdmin('PUT', `/_synapse/admin/v1/suspend/${encodeURIComponent(ghostOf(eva))}`, { suspend: true });
    staffed.house.carrier.text({ from: eva, to: LINE, text: 'can you read me?' });
    const shown = await alice.event(chat, 'the text', (event) => bodyOf(event).endsWith('can you read me?'));
    expect([GATEHOUSE, ghostOf(eva)]).toContain(shown.getSender());
  });
});

/**
 * Synapse takes a deactivated account out of its rooms in the background, and tells Gatehouse in the order of events:
 * what is written after that and answered was read after it.
 */
async function knownToBeEmpty(chat: string): Promise<void> {
  const path = `/_synapse/admin/v1/rooms/${encodeURIComponent(chat)}/members`;
  const shape = z.object({ members: z.array(z.string()) });
  while (shape.parse(await byAdmin('GET', path)).members.includes(alice.userId)) await pause(200);
  const asked = await olivia.sendText(desk, '!c health');
  await replyTo(olivia, { room: desk, event: asked }, PATIENT_MS);
}

describe('colleagues who go', () => {
  test('locked, are neither invited nor mentioned; and with nobody left, the desk is told', async () => {
    const { house } = staffed;
    const known = await chatOf('+12025550307', 'hello');
    await byAdmin('PUT', `/_synapse/admin/v2/users/@bob:${DOMAIN}`, { locked: true });
    // What was known of accounts is asked anew after a start.
    await house.gatehouse.stop();
    await house.gatehouse.start();
    const fresh = await chatOf('+12025550308', 'is anybody there?');
    const first = await alice.message(fresh, 'is anybody there?');
    expect(first.getContent()['m.mentions']).toEqual({ user_ids: [alice.userId] });
    expect(alice.sdk.getRoom(fresh)?.getMember(`@bob:${DOMAIN}`) ?? undefined).toBeUndefined();
    alice.stop();
    await byAdmin('POST', `/_synapse/admin/v1/deactivate/${encodeURIComponent(alice.userId)}`, { erase: false });
    await knownToBeEmpty(known);
    house.carrier.text({ from: '+12025550307', to: LINE, text: 'hello?' });
    const told = await toldAtDesk('that nobody is left', 'Nobody is left on Sales');
    expect(bodyOf(told)).toContain('0307 (SMS)');
    expect(known).not.toBe(fresh);
  });
});
