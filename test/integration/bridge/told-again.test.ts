/** A message that its network tells twice, each time in other words: its list reads it first, its webhook comes after. */
import { describe, expect, test } from '@jest/globals';
import type { Attachment, NetworkMessage } from '../../../src/core/network-entries.ts';
import { must, parseAddress, parseRemoteId } from '../../../src/core/ids.ts';
import { ann, openHouse, sales, type House } from './house.ts';
import { roomOf } from './room-acts.ts';

const remoteId = must(parseRemoteId('m1'));
const base = { from: ann, to: sales.address, remoteId };
const picture: Attachment = { kind: 'image', ref: '1@m1', type: 'image/jpeg' };

type Said = Pick<NetworkMessage, 'text'> & Partial<NetworkMessage>;

function tells(house: House, message: Said) {
  return house.bring({ kind: 'message', id: 'm1', message: { ...base, ...message } });
}

/** What the customer's ghost said, in order. */
function events(house: House) {
  return (house.homeserver.rooms.get(roomOf(house))?.events ?? []).filter(
    ({ type, sender }) => type === 'm.room.message' && sender.startsWith('@_gh_'),
  );
}

function bodies(house: House): readonly unknown[] {
  return events(house).map(({ content }) => content['body']);
}

describe('a message told once more under its own id', () => {
  test.each<readonly [string, Said, Said]>([
    ['who wrote it', { text: 'Hi' }, { text: 'Hi', fromName: 'Ann' }],
    [
      'another name of its file',
      { text: '', attachments: [picture] },
      { text: '', attachments: [{ ...picture, name: 'a.jpg' }] },
    ],
    ['less', { text: 'Hi', attachments: [picture] }, { text: 'Hi' }],
  ])('with %s is shown once, and the record keeps both', async (_what, first, again) => {
    await using house = await openHouse();
    await tells(house, first);
    const shown = bodies(house);
    const position = await tells(house, again);
    expect(bodies(house)).toEqual(shown);
    const [one, two] = await house.entries('network.message');
    expect(two?.source.conflictWith).toBe(one?.position);
    const outcomes = (await house.entries('delivery.outcome')).filter(({ body }) => body.of === position);
    expect(outcomes.map(({ body }) => body)).toEqual([{ of: position, target: 'matrix', state: 'sent' }]);
  });

  test('with words that go on is shown as the longer one in its place', async () => {
    await using house = await openHouse();
    await tells(house, { text: 'The first hundred' });
    await tells(house, { text: 'The first hundred and the rest' });
    const [first, second] = events(house);
    expect(second?.content).toMatchObject({
      'm.new_content': { body: 'The first hundred and the rest' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first?.event_id },
    });
    expect(events(house)).toHaveLength(2);
  });

  test('with other words stands beside the first, as an answer to it, so that nobody misses either', async () => {
    await using house = await openHouse();
    await tells(house, { text: 'I agree' });
    await tells(house, { text: 'I refuse' });
    const [first, second] = events(house);
    expect(second?.content).toMatchObject({
      body: '✏️ changed it to: I refuse',
      'm.relates_to': { 'm.in_reply_to': { event_id: first?.event_id } },
    });
  });

  test('is still one message: what the customer does to it reaches all that shows it', async () => {
    await using house = await openHouse();
    await tells(house, { text: 'I agree' });
    await tells(house, { text: 'I refuse' });
    await house.bring({
      kind: 'redaction',
      id: 'd1',
      redaction: { from: ann, to: sales.address, targets: [remoteId] },
    });
    expect(house.homeserver.redacted).toHaveLength(2);
  });

  test('in another chat is another message', async () => {
    await using house = await openHouse();
    await tells(house, { text: 'Hi' });
    await tells(house, { text: 'Hi', group: { id: must(parseAddress('group:7')), name: 'Skating' } });
    const said = [...house.homeserver.rooms.values()].flatMap(({ events: all }) =>
      all.filter(({ content, sender }) => content['body'] === 'Hi' && sender.startsWith('@_gh_')),
    );
    expect(said).toHaveLength(2);
  });
});
