/** What staff and customers do that is no message: it is told where it may be, and is on no record. */
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseRemoteId, type EventId, type UserId } from '../../../src/core/ids.ts';
import type { PresenceState } from '../../../src/core/ports/outbound.ts';
import { alice, ann, bob, openHouse, sales, stranger, type House } from './house.ts';
import { roomOf } from './room-acts.ts';

const remote = (id: string) => must(parseRemoteId(id));
const between = { from: ann, to: sales.address };
const carla = must(parseAddress('+12025550177'));

function saying(house: House, text: string): EventId {
  const found = house.homeserver.rooms.get(roomOf(house))?.events.find(({ content }) => content['body'] === text);
  if (found === undefined) throw new Error(`nobody said ${text}`);
  return found.event_id;
}

async function untilTold(told: () => boolean): Promise<void> {
  while (!told()) await new Promise((resolve) => setImmediate(resolve));
}

describe('what comes and goes', () => {
  test('a customer who has read is shown by their ghost', async () => {
    await using house = await openHouse();
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi', remoteId: remote('m1') } });
    const sent = await house.write(alice, roomOf(house), 'Hello');
    const id = must(parseRemoteId(`id-${sent.position}`));
    const at = house.clock.now();
    const receipt = { id: `${id}/read`, sure: true, at, raw: Buffer.from('r'), remoteId: id, state: 'read' as const };
    await house.bridge.inbound(sales.connector).outcome(receipt);
    await house.settle();
    expect(house.live).toContain(`@_gh_sms_12025550199:acme.example read ${sent.body.event_id}`);
  });

  test('reading and typing of staff are told once each, where the network can carry them', async () => {
    await using house = await openHouse();
    house.network.able = { read_receipts: 2, typing_notifications: 2 };
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi', remoteId: remote('m1') } });
    const room = roomOf(house);
    const event = saying(house, 'Hi');
    const user = alice;
    house.bridge.heard([{ is: 'read', room, user, event }]);
    house.bridge.heard([{ is: 'typing', room, users: [alice] }]);
    await untilTold(() => house.network.reads.length === 1 && house.network.typings.length === 1);
    house.bridge.heard([{ is: 'typing', room, users: [] }]);
    await untilTold(() => house.network.typings.length === 2);
    expect(house.network.reads).toMatchObject([{ id: 'm1', by: ann, to: ann, from: sales.address }]);
    expect(house.network.typings).toMatchObject([{ on: true, last: 'm1' }, { on: false }]);
  });

  test('a customer who types is shown while they do', async () => {
    await using house = await openHouse();
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi', remoteId: remote('m1') } });
    house.bridge.shown.typing(sales.connector, { ...between, on: true });
    await untilTold(() => house.live.length > 0);
    expect(house.live).toEqual(['@_gh_sms_12025550199:acme.example types']);
  });

  const open = { read: true, typing: true, presence: true };

  test('a line is as present as the most present of its people, and that is told when it changes', async () => {
    await using house = await openHouse({ line: { tells: open } });
    const said = async (user: UserId, state: PresenceState, times: number): Promise<void> => {
      house.bridge.heard([{ is: 'presence', user, state }]);
      await untilTold(() => house.network.presences.length === times);
    };
    await said(stranger, 'available', 0);
    await said(alice, 'away', 1);
    await said(bob, 'available', 2);
    await said(alice, 'available', 2);
    await said(bob, 'offline', 2);
    await said(alice, 'dnd', 3);
    await said(alice, 'offline', 4);
    const from = sales.address;
    expect(house.network.presences).toEqual([
      { from, state: 'away' },
      { from, state: 'available' },
      { from, state: 'dnd' },
      { from, state: 'offline' },
    ]);
  });

  test.each([
    ['what a line does not tell of', undefined],
    ['what a line tells nothing of', { read: false, typing: false, presence: false }],
  ])('%s stays in the house', async (_case, tells) => {
    await using house = await openHouse(tells === undefined ? {} : { line: { tells } });
    house.network.able = { read_receipts: 2, typing_notifications: 2 };
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi', remoteId: remote('m1') } });
    const room = roomOf(house);
    house.bridge.heard([{ is: 'presence', user: alice, state: 'available' }]);
    house.bridge.heard([{ is: 'read', room, user: alice, event: saying(house, 'Hi') }]);
    house.bridge.heard([{ is: 'typing', room, users: [alice] }]);
    for (let turn = 0; turn < 50; turn += 1) await house.settle();
    const { presences, reads, typings } = house.network;
    expect(presences).toEqual([]);
    expect([reads.length, typings.length]).toEqual(tells === undefined ? [1, 1] : [0, 0]);
  });

  test('a customer is as present as they are there, and nobody is of whom the house has no user', async () => {
    await using house = await openHouse();
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi', remoteId: remote('m1') } });
    house.bridge.shown.presence(sales.connector, { from: carla, state: 'available' });
    house.bridge.shown.presence(sales.connector, { from: ann, state: 'dnd' });
    await untilTold(() => house.live.length > 0);
    expect(house.live).toEqual(['@_gh_sms_12025550199:acme.example is dnd']);
  });
});
