import { expect, test } from '@jest/globals';
import { kvOf } from '../../../src/app/connectors.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import type { Position } from '../../../src/core/ids.ts';
import type { ConnectorContext } from '../../../src/core/ports/connector.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import type { ShortMessage } from '../../../src/networks/smpp/codec/pdu.ts';
import { erasedDraft, rebuilt } from '../../support/erasing.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { inboundProcess, minutes, part } from '../../support/smpp-inbound.ts';
import { DOMAIN } from '../bridge/fake-homeserver.ts';
import { carrier as connector, openHouse, type House } from '../bridge/house.ts';
import { roomOf } from '../bridge/room-acts.ts';

interface Listening {
  hears(pdu: ShortMessage): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** The connector over the house's record, as the application joins the two. */
async function listening(house: House): Promise<Listening> {
  const clock = new ManualClock();
  const inbound = house.bridge.inbound(connector);
  const joined = (ctx: ConnectorContext): ConnectorContext => ({
    ...ctx,
    kv: kvOf(connector, house.test.journal),
    ingest: async (events, kv) => {
      await inbound.ingest(events, kv);
    },
  });
  const rig = await inboundProcess(clock, undefined, joined);
  let sequence = 0;
  return {
    hears: async (pdu) => {
      sequence += 1;
      const answer = await rig.inbound.receive(pdu, encodePdu({ ...pdu, status: 0, sequence }), 1);
      expect(answer.status).toBe(0);
      await house.settle();
    },
    pass: async (ms) => {
      clock.advance(ms);
      await rig.background.idle();
      await house.settle();
    },
  };
}

/** What clients show: the newest words of each text. */
function newest(house: House): unknown[] {
  const events = house.homeserver.rooms.get(roomOf(house))?.events ?? [];
  const shown = new Map<unknown, unknown>();
  for (const { event_id: id, type, content } of events) {
    if (type !== 'm.room.message') continue;
    const { 'm.relates_to': relation, 'm.new_content': words } = content;
    const replaced = isJsonObject(relation) && relation['rel_type'] === 'm.replace' ? relation['event_id'] : id;
    shown.set(replaced, (isJsonObject(words) ? words : content)['body']);
  }
  return [...shown.values()];
}

const GAP = '⚠️ Part of this message is missing';

test('parts that come late, before and after a restart, edit the text in the room, and a rebuild gives the same', async () => {
  const house = await openHouse();
  const carrier = await listening(house);
  await carrier.hears(part(1, 3, 'Come to '));
  await carrier.pass(10 * minutes);
  const first = `Come to [part 2 of 3 missing][part 3 of 3 missing]\n${GAP} (part 2, 3 of 3).`;
  expect(newest(house)).toEqual([first]);
  await carrier.hears(part(3, 3, ' at noon'));
  expect(newest(house)).toEqual([`Come to [part 2 of 3 missing] at noon\n${GAP} (part 2 of 3).`]);
  await house.stop();
  const { clock, homeserver, network } = house;
  const { place } = house.test;
  await using again = await openHouse({ place, homeserver, network, clock });
  const next = await listening(again);
  await next.hears(part(2, 3, 'the station'));
  expect(newest(again)).toEqual(['Come to the station at noon']);
  expect((await again.entries('network.edit')).map(({ body }) => body.missing)).toEqual(['part 2 of 3', undefined]);
  expect(await again.entries('network.message')).toHaveLength(1);
  await again.stop();
  const parts = [bridgeWriterPart({ domain: DOMAIN })];
  expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
  await house[Symbol.asyncDispose]();
});

test('with the record of a text its parts go, and a part that comes after that is a text of its own', async () => {
  await using house = await openHouse();
  const carrier = await listening(house);
  const { journal } = house.test;
  const noted = async (): Promise<number> => (await kvOf(connector, journal).list('told:')).length;
  await carrier.hears(part(1, 3, 'My account is '));
  await carrier.pass(10 * minutes);
  expect(await noted()).toBe(1);
  await carrier.hears(part(3, 3, ', thank you'));
  const [message] = await house.entries('network.message');
  const [edit] = await house.entries('network.edit');
  if (message === undefined || edit === undefined) throw new Error('it was not told with its gap');
  expect(await noted()).toBe(1);
  const spans = [message.position, edit.position].map((at) => [at, at] as const);
  await journal.append([erasedDraft(spans)]);
  expect(await noted()).toBe(0);
  await carrier.hears(part(2, 3, 'elsewhere'));
  await carrier.pass(10 * minutes);
  const texts = (await house.entries('network.message')).map(({ body }) => body.text);
  expect(texts.at(-1)).toBe('[part 1 of 3 missing]elsewhere[part 3 of 3 missing]');
  expect((await house.entries('network.edit')).slice(1)).toEqual([]);
});

test('the fuller text is judged before it is shown: what a rule hides of it is hidden', async () => {
  await using house = await openHouse({ judged: true });
  const judged: Position[] = [];
  house.gatekeeper.mayShow = (of?: Position) => {
    if (of !== undefined) judged.push(of);
    return Promise.resolve({ may: 'show', entries: [], ...(judged.length < 2 ? {} : { text: 'card ████' }) });
  };
  const carrier = await listening(house);
  await carrier.hears(part(1, 2, 'card 4111 '));
  await carrier.pass(10 * minutes);
  await carrier.hears(part(2, 2, '1111 1111'));
  const [message] = await house.entries('network.message');
  const [edit] = await house.entries('network.edit');
  expect(judged).toEqual([message?.position, edit?.position]);
  expect(edit?.body.text).toBe('card 4111 1111 1111');
  expect(newest(house)).toEqual(['card ████']);
});
