import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import type { OutboundFile } from '../../../src/core/ports/outbound.ts';
import { telegram } from '../../../src/networks/telegram/telegram.ts';
import { until } from '../../support/carrier.ts';
import { telegramToken } from '../../support/simulators/telegram/telegram.ts';
import { kim, kimsAddress, botLine, TelegramHouse } from '../../support/telegram-house.ts';

const lunch = { id: -555, title: 'Lunch', type: 'group' as const };
const lunchAddress = must(parseAddress('tg:-555'));

describe('how it stands', () => {
  test('two programs that ask with one token are told apart, and nothing is lost when one ends', async () => {
    await using house = await TelegramHouse.started();
    const other = async (): Promise<number> => {
      const url = `${house.sim.url}/bot${telegramToken}/getUpdates?timeout=1`;
      return (await fetch(url, { method: 'POST' })).status;
    };
    const enough = new AbortController();
    const asking = (async () => {
      while (!enough.signal.aborted) await other();
    })();
    await house.stands('degraded');
    expect(house.detail).toContain('another program');
    enough.abort();
    await asking;
    await house.stands('connected');
    await expect(house.sim.writes(kim.id, 'still there?')).resolves.toBe(true);
  });

  test('a wrong token is said as such', async () => {
    await using house = await TelegramHouse.make({ config: { token: '123456:BBF-telegram-token-of-another-bot' } });
    await house.start('bad-credentials');
    const sent = await house.connector.send(house.message('hello'));
    expect(sent).toMatchObject({ state: 'retry', scope: 'connector' });
  });

  test('a webhook that somebody else set is removed when we ask ourselves', async () => {
    await using house = await TelegramHouse.started();
    house.sim.updates.setHook({ url: 'http://127.0.0.1:9/other', secret: undefined });
    await until('it is gone', () => house.sim.updates.hook === undefined);
    await expect(house.sim.writes(kim.id, 'hello')).resolves.toBe(true);
    expect(house.core.heard).toEqual(['hello']);
  });

  test('asks for every kind that it reads, reactions too', async () => {
    await using house = await TelegramHouse.started();
    const asked = house.sim.heard.find(({ method }) => method === 'getUpdates')?.values?.allowed_updates;
    expect(asked).toEqual(expect.arrayContaining(['message_reaction', 'deleted_business_messages', 'my_chat_member']));
  });

  test('a webhook without an address to be called at is refused in words', async () => {
    await using house = await TelegramHouse.make();
    const ctx = { ...house.core.context(), http: { url: undefined, onRequest: () => undefined } };
    expect(() => telegram.open(ctx, { token: telegramToken, mode: 'webhook' })).toThrow('publicUrl');
  });
});

describe('what goes out', () => {
  test('is formatted by entities, and signs that were typed stay signs', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    const marks = [{ as: 'bold' as const, start: 3, length: 4 }];
    await house.connector.send(house.message('😀 bold *not* <b>', { marks }));
    expect(house.sim.sent).toMatchObject([
      { text: '😀 bold *not* <b>', entities: [{ type: 'bold', offset: 3, length: 4 }] },
    ]);
  });

  test('to somebody who never wrote, or who blocked the bot, is refused for what it is', async () => {
    await using house = await TelegramHouse.started();
    expect(await house.connector.send(house.message('hello'))).toMatchObject({
      state: 'failed',
      reason: 'bad-address',
    });
    await house.sim.writes(kim.id, 'hi');
    await house.sim.blocks(kim.id);
    expect(await house.connector.send(house.message('hello'))).toMatchObject({
      state: 'failed',
      reason: 'rejected',
      detail: 'the customer blocked the bot',
    });
    await house.sim.blocks(kim.id, false);
    expect(await house.connector.send(house.message('hello'))).toMatchObject({ state: 'sent' });
    const consents = house.core.events.flatMap((event) => (event.kind === 'consent' ? [event.consent.action] : []));
    expect(consents).toEqual(['stop', 'start']);
  });

  test('too fast, it waits as long as Telegram asks, and is not lost', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    house.sim.throttle(1, 7);
    expect(await house.connector.send(house.message('hello'))).toEqual({
      ...{ state: 'retry', afterMs: 7_000, scope: 'chat', reason: 'rate-limited' },
    });
    expect(house.sim.sent).toEqual([]);
  });

  test('keeps the distance that a chat needs', async () => {
    await using house = await TelegramHouse.started({ config: { perChatPerSecond: 10 } });
    await house.sim.writes(kim.id, 'hi');
    const began = performance.now();
    for (const text of ['one', 'two', 'three']) await house.connector.send(house.message(text));
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test('says who writes again too soon when to ask again', async () => {
    // Minutes, so that nobody asks too late.
    await using house = await TelegramHouse.started({ config: { perChatPerSecond: 0.001 } });
    await house.sim.writes(kim.id, 'hi');
    const ref = { from: botLine, to: kimsAddress };
    expect(house.connector.place?.(ref)).toBeUndefined();
    await house.connector.send(house.message('one'));
    expect(house.connector.place?.(ref)).toBeInstanceOf(Promise);
  });

  test('follows a group that became a supergroup meanwhile, and says so once', async () => {
    await using house = await TelegramHouse.started();
    house.sim.addGroup(lunch);
    await house.sim.writes(kim.id, 'hi all', { group: lunch.id });
    const moved = house.sim.upgrades(lunch.id, -100_555, kim.id);
    const sent = await house.connector.send(house.message('hello all', { to: lunchAddress }));
    await moved;
    expect(sent).toMatchObject({ state: 'sent', ids: [expect.stringMatching(/^-100555\//u)] });
    const chats = house.core.distinct.filter(({ kind }) => kind === 'chat');
    expect(chats).toMatchObject([{ chat: { chat: 'tg:-555', movedTo: 'tg:-100555' } }]);
  });

  test('a picture that Telegram can not show goes as a document', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    const bytes = Buffer.from('not really a picture');
    const file: OutboundFile = {
      ...{ kind: 'image', name: 'x.png', type: 'image/png', size: bytes.length },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      open: async function* open() {
        yield await Promise.resolve(bytes);
      },
      link: () => '',
    };
    expect(await house.connector.send(house.message('see', { file }))).toMatchObject({ state: 'sent' });
    expect(house.sim.sent).toMatchObject([{ text: 'see', media: { field: 'document' } }]);
  });

  test('deleting after two days is refused in words', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    const sent = await house.connector.send(house.message('old'));
    house.sim.world.aheadS = 3 * 86_400;
    const ids = sent.state === 'sent' ? sent.ids : [];
    const { position, from, to } = house.message('');
    const result = await house.connector.redact?.({ position, from, to, by: from, ids });
    expect(result).toMatchObject({ state: 'failed', detail: expect.stringContaining('48 hours') });
  });

  test('a reaction that Telegram does not have is refused; one with a sign for colour is the same', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    const ids = house.core.events.flatMap((event) =>
      event.kind === 'message' ? [event.message.remoteId ?? never()] : [],
    );
    const { position, from, to } = house.message('');
    const react = (keys: readonly string[]) => house.connector.react?.({ position, from, to, by: to, ids, keys });
    expect(await react(['🪿'])).toMatchObject({ state: 'failed', reason: 'unsupported' });
    expect(await react(['❤️'])).toMatchObject({ state: 'sent' });
    expect(house.sim.world.messages.at(-1)?.reactions).toEqual(['❤']);
    // Told twice it is refused as not modified, which is as good as done.
    expect(await react(['❤️'])).toMatchObject({ state: 'sent' });
  });

  test('typing is told until it is over', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'hi');
    await house.connector.typing?.({ from: botLine, to: kimsAddress, on: true });
    await house.connector.typing?.({ from: botLine, to: kimsAddress, on: false });
    expect(house.sim.told).toEqual([{ what: 'typing', chat: kim.id }]);
  });

  test('nobody can be written to who has not written first', async () => {
    await using house = await TelegramHouse.started();
    const unknown = await house.connector.resolve?.('@kimc');
    expect(unknown).toMatchObject({ ok: false, error: expect.stringContaining('t.me/acmebot') });
    expect(await house.connector.resolve?.(kimsAddress)).toMatchObject({ ok: false });
    await house.sim.writes(kim.id, 'hi');
    expect(await house.connector.resolve?.(kimsAddress)).toEqual({
      ok: true,
      value: { address: kimsAddress, name: 'Kim' },
    });
  });
});

describe('files', () => {
  test('above 20 MB are not given to bots', async () => {
    await using house = await TelegramHouse.started();
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 1);
    await house.sim.sendsFile(kim.id, { field: 'document', name: 'big.bin', type: 'application/octet-stream', bytes });
    const attachment = { kind: 'file' as const, ref: 'AgACAgIAAxkBAAIB00000001' };
    const wish = {
      attachment,
      maxBytes: 100_000_000,
      signal: new AbortController().signal,
      into: () => Promise.resolve(),
    };
    expect(await house.connector.fetchFile?.(wish)).toEqual({ state: 'too-large' });
    const gone = { ...wish, attachment: { ...attachment, ref: 'never' } };
    expect(await house.connector.fetchFile?.(gone)).toMatchObject({ state: 'retry' });
  });
});

function never(): never {
  throw new Error('a message without an id');
}
