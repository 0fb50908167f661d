import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { createQueryResolver } from '../../../src/bridge/messages/query-resolver.ts';
import { recordView } from '../../../src/bridge/messages/record-view.ts';
import { membershipOf } from '../../../src/bridge/portals/room-member-store.ts';
import { roomFacts, roomOfUse } from '../../../src/bridge/portals/room-store.ts';
import { messageByEvent } from '../../../src/bridge/messages/message-store.ts';
import { portalByRoom } from '../../../src/bridge/portals/portal-store.ts';
import { DOMAIN } from '../../integration/bridge/fake-homeserver.ts';
import { alice, ann, openHouse, sales, type House } from '../../integration/bridge/house.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { ROOM, wrote } from '../../support/search.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();

describe.each(['sqlite', 'postgres'] as const)('the bridge on %s', (dialect) => {
  const open = (): Promise<House> => openHouse(undefined, serverOf(dialect));

  test('remembers rooms, members, portals and messages as they came', async () => {
    await using house = await open();
    await house.receive('Hi');
    const [opened] = await house.entries('portal.opened');
    if (opened === undefined) throw new Error('no portal');
    const { room } = opened.body;
    const answer = await house.write(alice, room, 'Yes');
    await house.pass(2_000);
    const { views } = house.test;
    const { sealer } = views;
    await views.read(async (reading) => {
      expect(await portalByRoom(reading, sealer, room)).toMatchObject({
        portal: 'p1',
        line: 'sales',
        contact: 'c1',
        network: 'sms',
        address: ann,
        name: '+1 202 555 0199',
        state: 'open',
      });
      const facts = await roomFacts(reading, sealer, room);
      expect(facts).toMatchObject({ room, encrypted: false, portal: 'p1' });
      expect(facts?.members).toContainEqual({ user: alice, membership: 'invite' });
      expect(await membershipOf(reading, sealer, { room, user: house.homeserver.gatehouse })).toBe('join');
      expect(await roomOfUse(reading, { kind: 'space', line: sales.id })).toBe('!r1:acme.example');
      const message = await messageByEvent(reading, room, answer.body.event_id);
      expect(message).toMatchObject({ position: answer.position, state: 'sent', attempts: 1, sender: alice });
    });
    expect(await recordView(answer, views)).toMatchObject({
      from: alice,
      to: '+1 202 555 0199',
      network: 'SMS',
      line: 'sales',
      room,
      text: 'Yes',
      erased: false,
    });
  });

  test('knows whom and what a query names', async () => {
    await using house = await open();
    await house.receive('Hi');
    const resolver = createQueryResolver({ views: house.test.views, lines: [sales], domain: DOMAIN });
    const [first] = await house.entries('network.message');
    expect(await resolver.resolve('from', ann)).toEqual([
      { contact: 'c1', direction: 'inbound' },
      { actor: first?.actor },
    ]);
    expect(await resolver.resolve('to', ann)).toEqual([{ contact: 'c1', direction: 'outbound' }]);
    expect(await resolver.resolve('in', ann)).toEqual([{ portal: 'p1' }]);
    expect(await resolver.resolve('user', '@alice')).toEqual([{ actor: alice }]);
    expect(await resolver.resolve('line', 'SALES')).toEqual([{ line: 'sales' }]);
    expect(await resolver.resolve('network', 'sms')).toEqual([{ line: 'sales' }]);
    expect(await resolver.resolve('contact', 'nobody')).toEqual([]);
  });

  test('knows a room by its names of today and before, and by its addresses', async () => {
    await using house = await open();
    const deals = ROOM;
    const state = async (type: string, content: JsonObject) => {
      const said = wrote(content, { type });
      if (said.kind !== 'matrix.event') throw new Error('no event');
      await house.test.journal.append([{ ...said, body: { ...said.body, state_key: '' } }]);
    };
    await state('m.room.name', { name: 'Déals  2026' });
    await state('m.room.name', { name: 'Mergers' });
    await state('m.room.name', { name: '' });
    await state('m.room.canonical_alias', { alias: '#deals:acme.example', alt_aliases: ['#m:acme.example', 7] });
    const resolver = createQueryResolver({ views: house.test.views, lines: [sales], domain: DOMAIN });
    for (const name of ['Deals 2026', 'deals 2026', 'MERGERS', '#deals:acme.example', '#m:acme.example', deals]) {
      expect([name, await resolver.resolve('in', name)]).toEqual([name, [{ room: deals }]]);
    }
    for (const name of ['Deals', 'Merger', '', '7']) expect(await resolver.resolve('in', name)).toEqual([]);
  });

  test('has tables that are a pure function of the record: a rebuild finds no difference', async () => {
    const house = await open();
    await house.receive('Hi');
    const [opened] = await house.entries('portal.opened');
    if (opened === undefined) throw new Error('no portal');
    const { room } = opened.body;
    const first = await house.write(alice, room, 'Hulo');
    await house.write(alice, room, '* Hello', {
      'm.new_content': { msgtype: 'm.text', body: 'Hello' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first.body.event_id },
    });
    await house.pass(5_000);
    expect(await house.test.journal.stale()).toEqual([]);
    await house.stop();
    const parts = { parts: [bridgeWriterPart({ domain: DOMAIN })], tasks: taskSink };
    {
      await using writer = await openWriter(house.test.place, parts, {
        clock: systemClock,
        committed: () => undefined,
      });
      const { database, keys, search } = writer;
      const { difference } = await rebuild({ ...parts, database, keys, search, check: true });
      expect(difference).toBeUndefined();
    }
    await house.test[Symbol.asyncDispose]();
  });
});
