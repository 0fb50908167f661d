import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import {
  answered,
  customer,
  line,
  messages,
  metadata,
  openHouse,
  otherLine,
  outbound,
  statuses,
  webhook,
} from './house.ts';

const user = 'US.13491208655302741918';
const text = { type: 'text', text: { body: 'hello' } };
const nobody = { from: undefined };

function anonymous(item: object, userId = user): object {
  const contacts = [{ profile: { name: 'Sheena', username: '@sheena' }, user_id: userId }];
  const message = { from_user_id: userId, id: 'wamid.A', timestamp: '1749416383', ...item };
  return webhook({ ...metadata, contacts, messages: [message] });
}

describe('who writes', () => {
  test('without a phone number is who has the business-scoped user id', async () => {
    const { hears, newest } = await openHouse();
    await hears(anonymous(text));
    expect(newest('message')?.message).toMatchObject({ from: user, fromName: 'Sheena' });
  });

  test('stays the same when WhatsApp stops to tell the number', async () => {
    const { hears, core } = await openHouse();
    await hears(messages({ ...text, from_user_id: user }));
    const next = await openHouse({ kv: core.kv });
    await next.hears(anonymous(text));
    expect(next.newest('message')?.message.from).toBe(customer);
    expect(next.core.events.filter(({ kind }) => kind === 'chat')).toEqual([]);
  });

  test('moves with the chat, on each line, when WhatsApp begins to tell the number', async () => {
    const { hears, core } = await openHouse();
    await hears(anonymous(text));
    const other = { ...metadata, metadata: { phone_number_id: '106540352242999' } };
    await hears(webhook({ ...other, messages: [{ from_user_id: user, id: 'wamid.B', ...text }] }));
    await hears(messages({ ...text, id: 'wamid.C', from_user_id: user }));
    const moved = core.events.flatMap((event) => (event.kind === 'chat' ? [event.chat] : []));
    expect(moved).toEqual([
      { line, chat: user, movedTo: customer },
      { line: otherLine, chat: user, movedTo: customer },
    ]);
    expect(core.events.at(-1)).toMatchObject({ kind: 'message', message: { from: customer } });
  });

  test('is learned from a status too', async () => {
    const { hears, newest } = await openHouse();
    await hears(statuses({ status: 'delivered', recipient_user_id: user }));
    await hears(anonymous(text));
    expect(newest('message')?.message.from).toBe(customer);
  });

  test('took another number: the chat goes with it, and its window', async () => {
    const { hears, newest, connector, clock } = await openHouse();
    clock.advance(30 * 3_600_000);
    const timestamp = String(Math.floor(clock.now() / 1_000));
    await hears(messages({ ...text, timestamp }));
    const system = { type: 'user_changed_number', wa_id: '12025550777', body: 'User A changed from ... to ...' };
    await hears(messages({ id: 'wamid.N', timestamp, type: 'system', system }));
    const now = must(parseAddress('+12025550777'));
    expect(newest('chat')).toMatchObject({ chat: { line, chat: customer, movedTo: now } });
    await expect(connector.send(outbound({ to: now }))).resolves.not.toMatchObject({ reason: 'window-closed' });
    const stranger = must(parseAddress('+12025550778'));
    await expect(connector.send(outbound({ to: stranger }))).resolves.toMatchObject({ reason: 'window-closed' });
  });

  test('got another user id without a number: the number is perhaps another’s by now', async () => {
    const { hears, newest } = await openHouse();
    await hears(messages({ ...text, from_user_id: 'CO.1234567890' }));
    const system = { type: 'user_changed_user_id', user_id: 'MX.0987654321', previous_user_id: 'CO.1234567890' };
    await hears(messages({ ...nobody, id: 'wamid.U', type: 'system', system }));
    expect(newest('chat')?.chat).toEqual({ line, chat: customer, movedTo: 'MX.0987654321' });
    await hears(anonymous({ ...text, id: 'wamid.V' }, 'MX.0987654321'));
    expect(newest('message')?.message.from).toBe('MX.0987654321');
  });

  test.each([nobody, { from: '' }, { from: '   ' }, { from: `\u0000` }])(
    'cannot be %p: on record as nobody’s',
    async (from) => {
      const { hears, core } = await openHouse();
      await hears(webhook({ ...metadata, messages: [{ id: 'wamid.X', ...text, ...from }] }));
      expect(core.events).toMatchObject([{ kind: 'unsupported', to: line }]);
    },
  );
});

describe('whom staff mean', () => {
  test('is found by number or user id, in the chat that there is; nothing is asked of Meta, which knows no such question', async () => {
    const { connector, hears, asked } = await openHouse();
    await hears(messages({ ...text, from_user_id: user }));
    const before = asked.length;
    await expect(connector.resolve(customer)).resolves.toEqual({ ok: true, value: { address: customer } });
    await expect(connector.resolve(user)).resolves.toEqual({ ok: true, value: { address: customer } });
    await expect(connector.resolve('DE.99')).resolves.toEqual({ ok: true, value: { address: 'DE.99' } });
    expect(asked).toHaveLength(before);
  });

  test('is found by the number that WhatsApp calls them by too', async () => {
    const answer = () => answered(200, { messages: [{ id: 'wamid.O' }], contacts: [{ wa_id: '12025550188' }] });
    const { connector } = await openHouse({ answer });
    await connector.send(outbound());
    const other = must(parseAddress('+12025550188'));
    await expect(connector.resolve(other)).resolves.toEqual({ ok: true, value: { address: customer } });
  });

  test.each(['Ann', '@ann', 'group:Y2Fw', '+1', 'us.12'])('is nobody who is written %j', async (written) => {
    const { connector } = await openHouse();
    await expect(connector.resolve(written)).resolves.toEqual({
      ok: false,
      error: 'WhatsApp needs a phone number with its country code, like +1 202 555 0199.',
    });
  });
});

test('a window is a line’s own: a text to the other line opens none here', async () => {
  const { connector, hears, clock } = await openHouse();
  clock.advance(30 * 3_600_000);
  const timestamp = String(Math.floor(clock.now() / 1_000));
  await hears(messages({ ...text, timestamp }));
  expect(connector.refuses(outbound())).toBeUndefined();
  expect(connector.refuses(outbound({ from: otherLine }))).toMatchObject({ reason: 'window-closed' });
});
