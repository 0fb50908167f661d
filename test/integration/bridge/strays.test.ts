import { describe, expect, test } from '@jest/globals';
import { recordView } from '../../../src/bridge/messages/record-view.ts';
import { must, parseAddress, type RoomId } from '../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../src/core/ports/connector.ts';
import { ann, carrier, openHouse, sales, type House } from './house.ts';
import { desk } from './room-acts.ts';

const day = 86_400_000;
/** The line's own number as some carriers spell it. */
const national = must(parseAddress('2025550100'));

async function wrote(house: House, id: string, to = national): Promise<void> {
  await house.bring({ kind: 'message', id, message: { from: ann, to, text: `Hi, ${id}` } });
}

function written({ clock }: House, to: string): NetworkEvent {
  const message = { from: ann, to: must(parseAddress(to)), text: 'Hi' };
  return { kind: 'message', id: `to ${to}`, sure: true, at: clock.now(), raw: Buffer.from(to), message };
}

function told(house: House, office: RoomId): readonly string[] {
  return house.shown(office).filter((line) => line.includes('no line of this connector'));
}

describe('what a customer writes to an address that is no line', () => {
  test('is on record, and the desk hears of it once a day, with the address as it was spelled', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    await wrote(house, 'm1');
    await wrote(house, 'm2');
    expect(await house.entries('network.unsupported')).toHaveLength(2);
    expect(told(house, office)).toEqual([
      expect.stringContaining('wrote to 2025550100, which is no line of this connector'),
    ]);
    await house.pass(day);
    await wrote(house, 'm3');
    await wrote(house, 'm4');
    expect(told(house, office)).toHaveLength(2);
    expect(JSON.stringify(house.log)).not.toContain('2025550100');
  });

  test('can be read by whoever looks the record up: who wrote, where to, and the words', async () => {
    await using house = await openHouse();
    await wrote(house, 'm1');
    const [entry] = await house.entries('network.unsupported');
    if (entry === undefined) throw new Error('nothing was recorded');
    expect(await recordView(entry, house.test.journal.views)).toMatchObject({
      ...{ from: '+1 202 555 0199', to: '2025550100', network: 'SMS' },
      text: 'a message to an address that is no line of ours: Hi, m1',
    });
  });

  test('is told once over a restart too', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    await wrote(house, 'm1');
    await house.stop();
    const { homeserver, network, clock } = house;
    await using next = await openHouse({ place: house.test.place, homeserver, network, clock });
    await wrote(next, 'm2');
    expect(await next.entries('network.unsupported')).toHaveLength(2);
    expect(told(next, office)).toHaveLength(1);
  });

  test('is told for three addresses a day: a rule that reads the wrong end is no reason to tell of each customer', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const inbound = house.bridge.inbound(carrier);
    const toEach = Array.from({ length: 6 }, (_, n) => written(house, `+120255502${String(n)}0`));
    await inbound.ingest(toEach.slice(0, 2));
    for (const message of toEach.slice(2)) await inbound.ingest(message);
    await house.settle();
    expect(await house.entries('network.unsupported')).toHaveLength(6);
    expect(told(house, office)).toHaveLength(3);
  });
});

test('what is written to a line tells the desk nothing', async () => {
  await using house = await openHouse();
  const office = await desk(house);
  await wrote(house, 'm1', sales.address);
  expect(told(house, office)).toEqual([]);
});
