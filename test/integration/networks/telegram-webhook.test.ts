/** Webhook mode: what Telegram is told, and what becomes of calls. */
import { describe, expect, test } from '@jest/globals';
import { webhookSecret } from '../../../src/networks/telegram/webhook-door.ts';
import { until } from '../../support/carrier.ts';
import { telegramToken } from '../../support/simulators/telegram/telegram.ts';
import { TelegramHouse } from '../../support/telegram-house.ts';

const config = { mode: 'webhook', checkWebhook: '10ms' };
const url = 'https://gatehouse.example/webhooks/carrier';
const secret = webhookSecret(telegramToken);

function call(house: TelegramHouse, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) {
  return house.core.call({
    method: 'POST',
    target: '/webhooks/carrier',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret, ...headers },
    body: Buffer.from(body),
  });
}

const update = JSON.stringify({
  update_id: 7,
  message: { message_id: 3, date: 1_800_000_000, chat: { id: 5, type: 'private' }, from: { id: 5 }, text: 'hello' },
});

describe('webhook mode', () => {
  test('tells Telegram where to call, with a secret made of the token, and tells again what somebody changed', async () => {
    await using house = await TelegramHouse.started({ config, strictWebhooks: true });
    expect(house.sim.updates.hook).toMatchObject({ url, secret });
    expect(secret).toMatch(/^[\w-]{64}$/u);
    house.sim.updates.setHook({ url: 'https://other.example/', secret: undefined });
    await until('it is ours again', () => house.sim.updates.hook?.url === url);
  });

  test('takes what is signed once, and answers after it is on record', async () => {
    await using house = await TelegramHouse.started({ config });
    await expect(call(house, update)).resolves.toEqual({ to: 'accepted' });
    await expect(call(house, update)).resolves.toEqual({ to: 'accepted' });
    expect(house.core.heard).toEqual(['hello']);
    expect(Buffer.from(house.core.events[0]?.raw ?? []).toString('utf8')).toBe(update);
    house.core.gate = () => Promise.reject(new Error('disk full'));
    await expect(call(house, update)).rejects.toThrow('disk full');
  });

  test('what is signed and senseless is on record, not refused; another type is refused', async () => {
    await using house = await TelegramHouse.started({ config });
    await expect(call(house, 'no JSON')).resolves.toEqual({ to: 'accepted' });
    expect(house.core.events).toMatchObject([{ kind: 'unsupported', what: "something that can't be read" }]);
    await expect(call(house, update, { 'content-type': 'text/plain' })).resolves.toEqual({ to: 'not-understood' });
  });

  test('once stopped it takes nothing: Telegram comes again', async () => {
    await using house = await TelegramHouse.started({ config });
    await house.connector.stop(2_000);
    await expect(call(house, update)).resolves.toEqual({ to: 'not-yet' });
    expect(house.core.events).toEqual([]);
    expect(house.sim.updates.hook).toBeDefined();
  });

  test('until Telegram has said who we are it takes nothing: Telegram comes again, and nothing is wrong', async () => {
    await using house = await TelegramHouse.make({ config });
    await house.sim.close();
    await house.start('connecting');
    const forged = { 'x-telegram-bot-api-secret-token': 'guess' };
    await expect(call(house, update, forged)).resolves.toEqual({ to: 'bad-signature' });
    await expect(call(house, update)).resolves.toEqual({ to: 'not-yet' });
    expect(house.core.events).toEqual([]);
  });

  test('that Telegram does not get through to us is said, in its words', async () => {
    await using house = await TelegramHouse.started({ config });
    house.sim.updates.setHook({
      url,
      secret,
      lastError: { date: house.sim.world.now(), words: 'Connection timed out' },
    });
    house.sim.updates.odd({}, 5).catch(() => undefined);
    const details = () => house.core.states.map(({ detail = '' }) => detail).join(' ');
    await until('it is said', () => details().includes('does not get through'));
    expect(details()).toContain('Connection');
  });
});
