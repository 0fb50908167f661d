import { describe, expect, test } from '@jest/globals';
import type { RoomId } from '../../../src/core/ids.ts';
import { alice, ann, bob, carla, openHouse, sales, stranger, type House } from './house.ts';
import { invited } from './room-acts.ts';

async function portalRoom(house: House): Promise<RoomId> {
  await house.receive('Hi, is the blue one still available?');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal was opened');
  return opened.body.room;
}

describe("a customer's text", () => {
  test('opens a portal under the customer’s name, in the line’s space, and is shown there', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const made = house.homeserver.rooms.get(room)?.made;
    expect(made?.name).toBe('+1 202 555 0199 (SMS)');
    expect(made?.creationContent).toEqual({ 'm.federate': false, 'org.gatehouse.portal': 'p1' });
    expect(made?.powerLevels).toMatchObject({ users_default: 0, events: { 'm.room.encryption': 100 } });
    expect(house.shown(room)).toEqual(['+1 202 555 0199 (SMS): Hi, is the blue one still available?']);
    const space = (await house.entries('room.made'))[0]?.body;
    expect(space?.use).toEqual({ kind: 'space', line: sales.id });
    expect(space && house.homeserver.rooms.get(space.room)?.state.has(`m.space.child ${room}`)).toBe(true);
  });

  test('reaches staff in a room that is on record before anybody is invited into it', async () => {
    await using house = await openHouse();
    const invite = house.homeserver.invite.bind(house.homeserver);
    const onRecord: number[] = [];
    house.homeserver.invite = async (invitation) => {
      onRecord.push((await house.entries('portal.opened')).length);
      return invite(invitation);
    };
    const room = await portalRoom(house);
    expect(onRecord).toEqual([1, 1]);
    expect(invited(house, room)).toEqual([alice, bob]);
  });

  test('mentions the staff of the line, so that their phones sound', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const shown = house.homeserver.rooms.get(room)?.events.find((event) => event.type === 'm.room.message');
    expect(shown?.content['m.mentions']).toEqual({ user_ids: [alice, bob] });
    expect(shown?.sender).toBe('@_gh_sms_12025550199:acme.example');
  });

  test('invites who came to the line since, once, and not who left', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.homeserver.membership(room, bob, 'leave');
    await house.settle();
    house.staff.push(carla);
    await house.receive('Are you there?');
    expect(house.homeserver.rooms.get(room)?.members.get(carla)).toBe('invite');
    await house.receive('Hello?');
    const invitations = (await house.entries('matrix.event')).filter((one) => one.body.state_key === carla);
    expect(invitations).toHaveLength(1);
    expect(house.homeserver.rooms.get(room)?.members.get(bob)).toBe('leave');
  });

  test('is on record as inbound, and its showing as an echo of it', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const [message] = await house.entries('network.message');
    expect(message).toMatchObject({ direction: 'inbound', line: 'sales', class: 'us-finra-6y' });
    const events = await house.entries('matrix.event');
    const echo = events.find((event) => event.room === room && event.body.type === 'm.room.message');
    expect(echo).toMatchObject({ direction: 'inbound', portal: 'p1', contact: 'c1', line: 'sales' });
    expect(echo?.source.echoOf).toBe(message?.position);
  });

  test('that says "ok" twice is heard twice, the second time in the same room', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.receive('ok');
    await house.receive('ok');
    expect(house.shown(room).slice(1)).toEqual(['+1 202 555 0199 (SMS): ok', '+1 202 555 0199 (SMS): ok']);
    expect(await house.entries('portal.opened')).toHaveLength(1);
  });

  test('that may be a repeat, or lacks a part, says so', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.receive('call me', { id: 'same', mayRepeat: false });
    await house.receive('call me', { id: 'same', mayRepeat: true, missing: 'part 2 of 3' });
    expect(house.shown(room).slice(1)).toEqual([
      '+1 202 555 0199 (SMS): call me',
      '+1 202 555 0199 (SMS): call me\n⚠️ Part of this message is missing (part 2 of 3).\n(may be a repeat)',
    ]);
  });

  test('waits while the homeserver is down, and is shown once when it is back', async () => {
    await using house = await openHouse();
    house.homeserver.fail('createRoom', { kind: 'down', detail: 'refused' });
    await house.receive('hello');
    expect(await house.entries('portal.opened')).toHaveLength(0);
    await house.pass(60_000);
    const [opened] = await house.entries('portal.opened');
    expect(opened && house.shown(opened.body.room)).toEqual(['+1 202 555 0199 (SMS): hello']);
  });

  test.each([
    ['the room', 'createRoom'],
    ['the message', 'send'],
  ])('whose answer is lost after %s was made is not shown twice', async (_what, call) => {
    await using house = await openHouse();
    house.homeserver.fail(
      call,
      { kind: 'unclear', detail: 'timeout' },
      { done: true, when: (what) => !what.startsWith('Sales') },
    );
    await house.receive('hello');
    house.homeserver.forgetTransactions();
    await house.pass(120_000);
    const portals = [...house.homeserver.rooms].filter(
      ([, room]) => 'org.gatehouse.portal' in room.made.creationContent,
    );
    expect(portals).toHaveLength(1);
    expect(portals[0] && house.shown(portals[0][0])).toEqual(['+1 202 555 0199 (SMS): hello']);
  });

  test('in a room that was deleted opens a new one, and compliance’s record says why', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.homeserver.membership(room, house.homeserver.gatehouse, 'leave', alice);
    await house.settle();
    expect(await house.entries('room.gone')).toHaveLength(1);
    await house.receive('still there?');
    const opened = await house.entries('portal.opened');
    expect(opened.map((entry) => entry.body.portal)).toEqual(['p1', 'p1']);
    expect(opened[1] && house.shown(opened[1].body.room)).toEqual(['+1 202 555 0199 (SMS): still there?']);
  });

  test('is not shown in a room that Synapse encrypted against our wish, and health says what to set', async () => {
    await using house = await openHouse();
    house.homeserver.encryptsRooms = true;
    await house.receive('secret');
    expect(await house.entries('portal.opened')).toHaveLength(0);
    expect([...house.warnings.values()].join()).toContain('encryption_enabled_by_default_for_room_type');
    house.homeserver.encryptsRooms = false;
    await house.pass(700_000);
    const [opened] = await house.entries('portal.opened');
    expect(opened && house.shown(opened.body.room)).toEqual(['+1 202 555 0199 (SMS): secret']);
    expect(house.warnings.size).toBe(0);
  });

  test('to an address that is no line of ours stays on record as what it is', async () => {
    await using house = await openHouse();
    await house.bridge.inbound(sales.connector).ingest({
      kind: 'message',
      id: 'x',
      sure: true,
      at: house.clock.now(),
      raw: Buffer.from('x'),
      message: { to: ann, from: ann, text: 'x' },
    });
    await house.settle();
    expect(await house.entries('network.unsupported')).toHaveLength(1);
    expect(house.log.events()).toContain('bridge.unknown-destination');
    expect(house.homeserver.rooms.size).toBe(0);
  });
});

describe("a staff member's answer", () => {
  test('goes out after the attempt is on record, and its mark is ✓ after two seconds, then ✓✓', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.network.during = async () => {
      expect((await house.entries('delivery.attempt')).map((entry) => entry.body.text)).toEqual(['Yes!']);
    };
    const { position } = await house.write(alice, room, 'Yes!');
    expect(house.network.sent).toMatchObject([{ text: 'Yes!', to: ann, from: sales.address, attempt: 1 }]);
    expect(house.shown(room).at(-1)).toBe('@alice:acme.example: Yes!');
    await house.pass(2_000);
    expect(house.shown(room).slice(-1)).toEqual(['[✓]']);
    const [id] = (await house.entries('delivery.outcome')).flatMap((entry) => entry.body.ids ?? []);
    if (id === undefined) throw new Error('no id');
    await house.bridge.inbound(sales.connector).outcome({
      id: 'receipt-1',
      sure: false,
      at: house.clock.now(),
      raw: Buffer.from('x'),
      remoteId: id,
      state: 'delivered',
    });
    await house.pass(1_000);
    expect((await house.message(position))?.state).toBe('delivered');
    expect(house.shown(room).filter((line) => line.startsWith('['))).toEqual(['[✓✓]']);
    expect((await house.entries('network.receipt'))[0]).toMatchObject({ portal: 'p1', line: 'sales', contact: 'c1' });
  });

  test('waits while the carrier is down: ⏳, one notice after a minute, and it goes out in order', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const down = { state: 'retry', afterMs: 90_000, scope: 'connector', reason: 'provider-down' } as const;
    house.network.answers.push(down);
    await house.write(alice, room, 'one');
    await house.write(alice, room, 'two');
    await house.pass(2_000);
    await house.pass(2_000);
    expect(house.shown(room).filter((line) => line === '[⏳]')).toHaveLength(2);
    await house.pass(60_000);
    await house.bridge[Symbol.asyncDispose]();
    await house.settle();
    const notices = house.shown(room).filter((line) => line.includes("SMS hasn't answered since"));
    expect(notices).toHaveLength(1);
    await house.pass(40_000);
    await house.pass(10_000);
    expect(house.network.sent.map((message) => message.text)).toEqual(['one', 'one', 'two']);
    expect(house.shown(room).filter((line) => line.startsWith('['))).toEqual(['[✓]', '[✓]']);
  });

  test.each([
    [
      'a picture',
      { msgtype: 'm.image', url: 'mxc://a/b' },
      "Not sent: this line can't carry pictures. Write it as text, or send a link.",
    ],
    ['nothing but blanks', { body: '   ' }, 'Not sent: there is no text in it.'],
    [
      'nothing that anybody sees',
      { body: '\u200b\u2060 \u3164\ufe0f\u00ad\u2800' },
      'Not sent: there is no text in it.',
    ],
    [
      'too much',
      { body: 'x'.repeat(1601) },
      'Not sent: too long for SMS (11 parts at most). Split it and send it again.',
    ],
  ])('that is %s is not sent, and the sender is told why', async (_what, content, words) => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.write(alice, room, 'x', content);
    await house.pass(2_000);
    expect(house.network.sent).toEqual([]);
    expect(house.shown(room).at(-1)).toBe(`@gatehouse:acme.example: ${words}`);
    const told = house.homeserver.rooms.get(room)?.events.at(-1);
    expect(told?.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice] } });
    expect(house.shown(room)).toContain('[⚠️]');
  });

  test('from somebody who is not on the line is stopped', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.write(stranger, room, 'psst');
    await house.pass(2_000);
    expect(house.network.sent).toEqual([]);
    expect(house.shown(room)).toContain('[🛑]');
  });

  test.each(['!note is it sold?', '！note x', ' !retry'])('%j stays among colleagues', async (text) => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.write(alice, room, text);
    await house.write(alice, room, 'a notice', { msgtype: 'm.notice' });
    expect(house.network.sent).toEqual([]);
    expect(await house.entries('delivery.outcome')).toHaveLength(1);
    const said = (await house.entries('matrix.event')).filter((one) => one.body.content['body'] === text);
    expect(said.map((one) => one.direction)).toEqual(['internal']);
  });

  test('edited while it waits goes out with the new text only; deleted, not at all', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.network.answers.push({ state: 'retry', afterMs: 30_000, scope: 'line', reason: 'provider-down' });
    const first = await house.write(alice, room, 'Hulo');
    const second = await house.write(alice, room, 'regret');
    await house.write(alice, room, '* Hello', {
      'm.new_content': { msgtype: 'm.text', body: 'Hello' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first.body.event_id },
    });
    house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: second.body.event_id });
    await house.pass(40_000);
    expect(house.network.sent.map((message) => message.text)).toEqual(['Hulo', 'Hello']);
    expect((await house.message(second.position))?.state).toBe('withdrawn');
    expect((await house.entries('delivery.abandoned')).map((entry) => entry.body)).toEqual([
      { of: second.position, reason: 'withdrawn', by: alice },
    ]);
    expect(
      house.shown(room).filter((line) => line.includes('Withdrawn: it was deleted before it went out')),
    ).toHaveLength(1);
  });

  test('edited or deleted after it went out changes nothing outside, and the room is told once', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const sent = await house.write(alice, room, 'Hulo');
    for (const text of ['Hello', 'Hello!']) {
      await house.write(alice, room, `* ${text}`, {
        'm.new_content': { msgtype: 'm.text', body: text },
        'm.relates_to': { rel_type: 'm.replace', event_id: sent.body.event_id },
      });
    }
    house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: sent.body.event_id });
    await house.settle();
    expect(house.network.sent).toHaveLength(1);
    const told = house.shown(room).filter((line) => line.startsWith('@gatehouse'));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("still sees the first text: SMS can't edit");
    expect(told[1]).toContain("can't be taken back on SMS");
  });

  test('whose connection broke while sending is marked unknown, and is sent again only when a person says so', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.network.answers.push({ state: 'unknown', detail: 'connection lost' });
    const { position } = await house.write(alice, room, 'Deal');
    await house.pass(3_600_000);
    expect(house.network.sent).toHaveLength(1);
    expect(house.shown(room).at(-1)).toContain('Maybe sent: the connection broke while sending.');
    const source = { system: 'gatehouse', id: 'retry-1', sure: true };
    const body = { of: position, by: alice };
    await house.test.journal.append([{ kind: 'delivery.retry', at: house.clock.now(), source, body }]);
    await house.settle();
    expect(house.network.sent).toHaveLength(2);
    const outcomes = (await house.entries('delivery.outcome')).filter((entry) => entry.body.of === position);
    expect(outcomes.map((entry) => [entry.body.state, entry.body.maybeTwice])).toEqual([
      ['unknown', undefined],
      ['sent', true],
    ]);
  });

  test('that reached us after a later one went out is not sent by itself', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const late = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'first' } });
    house.homeserver.unseen.splice(0);
    house.clock.advance(12_000);
    await house.write(alice, room, 'second');
    house.homeserver.unseen.push(late);
    await house.pass(2_000);
    expect(house.network.sent.map((message) => message.text)).toEqual(['second']);
    expect(house.shown(room).join()).toContain('Not sent: this reached us late');
  });
});

describe('after a kill', () => {
  test('during an attempt, the message is unknown and not sent again', async () => {
    const house = await openHouse();
    const room = await portalRoom(house);
    const { clock, homeserver, network, test: journal } = house;
    network.answers.push(new Error('killed here'));
    const { position } = await house.write(alice, room, 'Once');
    await house.stop();
    const again = await openHouse({ place: journal.place, homeserver, network, clock });
    await again.pass(60_000);
    expect(network.sent).toHaveLength(1);
    expect((await again.message(position))?.state).toBe('unknown');
    await again.stop();
    await journal[Symbol.asyncDispose]();
  });

  test.each([
    ['delivered', 'sent'],
    ['failed', 'failed'],
    ['unknown', 'unknown'],
  ] as const)('a network that knows our ids and says "%s" settles it as %s', async (state, settled) => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.network.identifiedBy = 'our-id';
    house.network.known = { state };
    house.network.answers.push(new Error('killed here'));
    const { position } = await house.write(alice, room, 'Once');
    await house.pass(60_000);
    expect(house.network.sent).toHaveLength(1);
    expect((await house.message(position))?.state).toBe(settled);
  });
});

describe('a chat that staff start', () => {
  test('opens the portal, shows the first words there and sends them', async () => {
    await using house = await openHouse();
    await house.test.journal.append([
      {
        kind: 'portal.wanted',
        at: house.clock.now(),
        source: { system: 'gatehouse', id: 'wanted-1', sure: true },
        class: sales.class,
        body: {
          line: sales.id,
          network: sales.network,
          address: ann,
          by: alice,
          because: await house.receive('x'),
          text: 'Hello',
        },
      },
    ]);
    await house.settle();
    await house.pass(3_000);
    const [opened] = await house.entries('portal.opened');
    expect(house.network.sent.map((message) => message.text)).toEqual(['Hello']);
    expect(opened && house.shown(opened.body.room).slice(1)).toEqual([
      '@gatehouse:acme.example: alice wrote: Hello',
      '[✓]',
    ]);
  });
});
