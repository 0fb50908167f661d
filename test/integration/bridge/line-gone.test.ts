import { describe, expect, test } from '@jest/globals';
import { must, parseLineId, type RoomId } from '../../../src/core/ids.ts';
import { alice, openHouse, type House } from './house.ts';
import { portalRoom } from './room-acts.ts';

const other = must(parseLineId('support'));
const NOT_SENT =
  'Not sent: the line “sales” is no longer set up in Gatehouse, so nothing you write here reaches +1 202 555 0199. Ask the admin about it; when the line is back, !retry (reply) sends this.';

/** The next life of a house, after somebody wrote its config anew. */
async function nextLife(house: House, line: { readonly id: typeof other } | object): Promise<House> {
  await house.stop();
  const { homeserver, network, clock, test: journal } = house;
  return openHouse({ place: journal.place, homeserver, network, clock, line }, undefined, () => 0.5);
}

async function saidIn(house: House, room: RoomId): Promise<readonly string[]> {
  await house.pass(3_000);
  return house.shown(room).map((line) => line.replace(/^@gatehouse:acme\.example: /u, ''));
}

async function askAgain(house: House, of: number): Promise<void> {
  const [found] = (await house.entries('matrix.event')).filter(({ position }) => position === of);
  if (found === undefined) throw new Error('there is no such message');
  const source = { system: 'gatehouse', id: `again/${of}`, sure: true };
  const body = { of: found.position, by: alice };
  await house.test.journal.append([{ kind: 'delivery.retry', at: house.clock.now(), source, body }]);
  await house.pass(3_000);
}

describe('a line that was taken out of the config while its chats live', () => {
  test('leaves what staff write there unsent at once, with its reason, and it can be sent when the line is back', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const without = await nextLife(house, { id: other });
    const { position } = await without.write(alice, room, 'Still there?');
    expect(await without.message(position)).toMatchObject({ state: 'failed', reason: 'line-gone' });
    expect((await saidIn(without, room)).slice(-2)).toEqual(['[⚠️]', NOT_SENT]);
    expect(house.network.sent).toEqual([]);
    const back = await nextLife(without, {});
    await askAgain(back, position);
    expect(house.network.sent.map(({ text }) => text)).toEqual(['Still there?']);
    expect(await back.message(position)).toMatchObject({ state: 'sent' });
    await back.stop();
  });

  test('is told once more where it is still away when somebody asks again', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const without = await nextLife(house, { id: other });
    const { position } = await without.write(alice, room, 'Still there?');
    await askAgain(without, position);
    expect((await without.entries('delivery.outcome')).filter(({ body }) => body.reason === 'line-gone')).toHaveLength(
      2,
    );
    expect(await without.message(position)).toMatchObject({ state: 'failed', reason: 'line-gone' });
    await without.stop();
  });

  test('leaves open what became of an attempt that nobody answered', async () => {
    await using house = await openHouse({}, undefined, () => 0.5);
    const room = await portalRoom(house);
    house.network.answers.push(new Error('killed here'));
    const { position } = await house.write(alice, room, 'Once');
    expect(await house.message(position)).toMatchObject({ state: 'attempting' });
    const without = await nextLife(house, { id: other });
    expect((await saidIn(without, room)).at(-1)).toContain('Maybe sent');
    expect(await without.message(position)).toMatchObject({ state: 'unknown' });
    await without.stop();
  });

  test('makes nobody believe that what went out before was changed or taken back', async () => {
    await using house = await openHouse();
    house.network.able = { edit: 2, delete: 2 };
    const room = await portalRoom(house);
    const first = await house.write(alice, room, 'Frist');
    const second = await house.write(alice, room, 'Second');
    const without = await nextLife(house, { id: other });
    const content = {
      ...{ msgtype: 'm.text', body: '* First', 'm.new_content': { msgtype: 'm.text', body: 'First' } },
      'm.relates_to': { rel_type: 'm.replace', event_id: first.body.event_id },
    };
    without.homeserver.write(alice, room, { content });
    without.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: second.body.event_id });
    const said = await saidIn(without, room);
    expect(said).toContain('+1 202 555 0199 still sees the text of before: its line is no longer set up in Gatehouse.');
    expect(said).toContain(
      'Deleted here only: it went out already and its line is no longer set up in Gatehouse. +1 202 555 0199 still has it.',
    );
    expect([house.network.edits, house.network.redactions]).toEqual([[], []]);
    await without.stop();
  });
});
