import { expect, test } from '@jest/globals';
import { betweenWhom } from '../../../src/bot/compliance/record-line.ts';
import { recordView } from '../../../src/bridge/messages/record-view.ts';
import type { Entry, EntryOf } from '../../../src/core/entry.ts';
import { DOMAIN } from './fake-homeserver.ts';
import { editOf } from './gate-acts.ts';
import { alice, bob, openHouse } from './house.ts';

test('an edit that nobody outside gets is read as what it is, not as a message to the customer', async () => {
  await using house = await openHouse();
  await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  const [shown] = await house.entries('delivery.outcome');
  if (opened === undefined) throw new Error('no chat');
  const { room } = opened.body;
  const edit = (who: typeof alice, of: string): Promise<Entry & EntryOf<'matrix.event'>> =>
    house.write(who, room, '* No', { msgtype: 'm.text', ...editOf(of, 'No') });
  const read = async (entry: Entry): Promise<string> => betweenWhom(await recordView(entry, house.test.views), DOMAIN);

  const message = await house.write(alice, room, 'Yes');
  expect(await read(message)).toBe('@alice → +1 202 555 0199 (SMS)');
  expect(await read(await edit(alice, shown?.body.eventId ?? ''))).toBe(
    '@alice changed what +1 202 555 0199 wrote, in Matrix; not sent',
  );
  expect(await read(await edit(bob, message.body.event_id))).toBe('@bob changed what alice wrote, in Matrix; not sent');
  expect(await read(await edit(alice, message.body.event_id))).toBe('@alice changed it in Matrix; not sent');
  expect(await read(await edit(alice, '$unknown'))).toBe('@alice changed a message in Matrix; not sent');

  house.network.answers.push({ state: 'retry', afterMs: 30_000, scope: 'line', reason: 'provider-down' });
  const waiting = await house.write(alice, room, 'Perhaps');
  const own = await edit(alice, waiting.body.event_id);
  expect(await read(own)).toBe('@alice → +1 202 555 0199 (SMS)');
  await house.pass(40_000);
  expect(house.network.sent.at(-1)?.text).toBe('No');
  expect(await read(own)).toBe('@alice → +1 202 555 0199 (SMS)');
});
