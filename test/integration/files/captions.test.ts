import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import { openBridgedFiles, PNG, type BridgedFiles } from './bridged-house.ts';

const photo = 'mxc://acme.example/photo';

let house: BridgedFiles;
beforeEach(async () => {
  house = await openBridgedFiles({ scanned: true });
  await house.bring([], 'hello');
  await house.pass(1_000);
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** Alice sends a picture over a network that puts words beside it, or doesn't. */
async function sends(caption: 0 | 2, more: object = {}, able: Partial<Capabilities> = {}): Promise<void> {
  house.network.able = { file: { image: { mime_types: ['image/*'], max_size: 1_000_000, caption } }, ...able };
  house.homeserver.files.set(photo, PNG);
  await house.write({ msgtype: 'm.image', body: 'heron.png', url: photo, ...more });
  await house.pass(5_000);
}

describe('a picture, on a network that puts no words beside it,', () => {
  test('goes out alone', async () => {
    await sends(0);
    expect(house.network.sent).toMatchObject([{ text: '', file: { name: 'heron.png' } }]);
  });

  test('does not go out with words, which nobody would get, and its sender is told to send one after the other', async () => {
    await sends(0, { body: 'two herons', filename: 'heron.png' });
    expect(house.network.sent).toEqual([]);
    expect(house.shown().map(({ content }) => content['body'])).toContainEqual(
      "Not sent: this line can't carry words together with this kind of file (send one after the other). " +
        'Write it as text, or send a link.',
    );
  });

  test('goes out without the quotation that it would have elsewhere when it answers something', async () => {
    const hello = house.shown().find(({ content }) => content['body'] === 'hello');
    const answering = { 'm.relates_to': { 'm.in_reply_to': { event_id: hello?.event_id } } };
    await sends(0, answering, { reply: 0 });
    await sends(2, answering, { reply: 0 });
    expect(house.network.sent).toMatchObject([
      { text: '', file: { name: 'heron.png' } },
      { text: '> hello\n', file: { name: 'heron.png' } },
    ]);
  });
});
