import { describe, expect, test } from '@jest/globals';
import { must, parseRemoteId } from '../../../src/core/ids.ts';
import { ann, openHouse, sales } from './house.ts';
import { portalRoom, roomOf } from './room-acts.ts';

const ANN = '+1 202 555 0199 (SMS)';
const UNSEEN = `${ANN}: (a message without visible text)`;

describe("a customer's text in which nothing can be seen", () => {
  test.each([
    ['zero-width characters', '\u200B\u2060\uFEFF'],
    ['white space', ' \n\t\u00A0'],
    ['fillers and the empty Braille cell', '\u3164\u2800'],
    ['turning signs and a soft hyphen', '\u202E\u00AD\u202C'],
  ])('(%s) stands as what it is, and the record has it as it came', async (_what, text) => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const position = await house.receive(text);
    expect(house.shown(room).at(-1)).toBe(UNSEEN);
    const [last] = (await house.entries('network.message')).slice(-1);
    expect(last).toMatchObject({ position, body: { text } });
  });

  test('is no caption, and says where a link behind it leads', async () => {
    await using house = await openHouse();
    const between = { from: ann, to: sales.address };
    const location = { latitude: 1, longitude: 2 };
    await house.bring({ kind: 'message', id: 'a', message: { ...between, text: '\u200B', location } });
    const marks = [{ as: 'link', start: 0, length: 1, href: 'https://evil.example/' }] as const;
    await house.bring({ kind: 'message', id: 'b', message: { ...between, text: '\u200B', marks } });
    const shown = house.shown(roomOf(house));
    expect(shown[0]).toContain('Location: 1, 2');
    expect(shown[1]).toContain('https://evil.example/');
    expect(shown).toHaveLength(2);
  });

  test('shows so too where it takes the place of words', async () => {
    await using house = await openHouse();
    const between = { from: ann, to: sales.address };
    const remoteId = must(parseRemoteId('m1'));
    await house.bring({ kind: 'message', id: 'a', message: { ...between, text: 'Hello', remoteId } });
    await house.bring({ kind: 'edit', id: 'b', edit: { ...between, target: remoteId, text: '\u200B' } });
    const edit = house.homeserver.rooms.get(roomOf(house))?.events.at(-1)?.content['m.new_content'];
    expect(edit).toMatchObject({ body: '(a message without visible text)' });
  });

  test('is shown as it is where a sign stands among what nobody sees', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    await house.receive('\u200B.\u200B');
    expect(house.shown(room).at(-1)).toBe(`${ANN}: \u200B.\u200B`);
  });
});
