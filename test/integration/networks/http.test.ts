import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { http } from '../../../src/networks/http/http.ts';
import { Door } from '../../contract/networks/door.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { httpExample } from '../../support/http-example.ts';
import { lineSignature, startLine } from '../../support/simulators/line/line.ts';
import { startMessenger } from '../../support/simulators/messenger/messenger.ts';

const user = 'U4af4980629abcdefabcdefabcdefabcd';
const psid = '254459876543210';

async function house(
  name: 'line' | 'messenger',
  secrets: Record<string, string>,
  origins: Record<string, string>,
  door: Door,
) {
  const { settings, address } = httpExample(name, { secrets, origins });
  const line = must(parseAddress(address));
  const fetching = createFetching({ clock: systemClock });
  const core = new TestCore({ clock: systemClock, door, lines: [line], fetching });
  const connector: Connector = http.open(core.context(), settings);
  await connector.start();
  await until('connected', () => core.state === 'connected');
  const message = (text: string, to: string, position = 7, attempt = 1) => ({
    ...{ position: must(parsePosition(position)), attempt, from: line, to: must(parseAddress(to)), text },
  });
  const close = async (): Promise<void> => {
    await connector.stop(500);
    await fetching[Symbol.asyncDispose]();
  };
  return { core, connector, message, line, close };
}

describe('LINE', () => {
  const secrets = { token: 't', channelSecret: 'c' };

  test('takes a repeated push once: the retry key is that of our position', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const { connector, message, close } = await house('line', secrets, { 'https://api.line.me': sim.url }, door);
    const first = await connector.send(message('Hello', user));
    const again = await connector.send(message('Hello', user, 7, 2));
    expect(again).toEqual(first);
    expect(sim.pushed.map(({ text }) => text)).toEqual(['Hello']);
    await expect(connector.send(message('Hello', user, 8))).resolves.toMatchObject({ state: 'sent' });
    await expect(connector.send(message('x', 'nobody', 10))).resolves.toMatchObject({
      state: 'failed',
      reason: 'provider-refused',
    });
    sim.quotaIsOver = true;
    await expect(connector.send(message('x', user, 9))).resolves.toMatchObject({
      state: 'retry',
      reason: 'rate-limited',
    });
    await close();
  });

  test('brings a redelivery under the same id, unsends, groups, blocks and contents', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const origins = { 'https://api.line.me': sim.url, 'https://api-data.line.me': sim.dataUrl };
    const { core, connector, line, close } = await house('line', secrets, origins, door);
    let refusals = 1;
    core.gate = () => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
    };
    const raw: string[] = [];
    await sim.writes(user, 'Hello', { quotedMessageId: '467810127100633400' });
    raw.push(Buffer.from(core.events[0]?.raw ?? []).toString());
    expect(raw[0]).toContain('"isRedelivery":true');
    expect(core.heard).toEqual(['Hello']);
    await sim.event(user, { type: 'unsend', unsend: { messageId: sim.newest } });
    await sim.event(user, { type: 'unfollow' });
    const image = sim.message({ type: 'image', contentProvider: { type: 'line' } });
    sim.contents.set(sim.newest, Buffer.from('jpeg'));
    await sim.event(user, image, 'Ca56f94637cabcdefabcdefabcdefabcd');
    expect(core.events).toMatchObject([
      { kind: 'message', message: { from: user, to: line, text: 'Hello', replyTo: { id: '467810127100633400' } } },
      { kind: 'redaction', redaction: { from: user } },
      { kind: 'consent', consent: { from: user, to: line, action: 'stop' } },
      {
        kind: 'message',
        message: { attachments: [{ kind: 'image' }], group: { id: 'Ca56f94637cabcdefabcdefabcdefabcd' } },
      },
    ]);
    const last = core.events.at(-1);
    const attachment = last?.kind === 'message' ? last.message.attachments?.[0] : undefined;
    const pieces: Buffer[] = [];
    const into = (piece: Uint8Array): Promise<void> => Promise.resolve(void pieces.push(Buffer.from(piece)));
    const wish = { maxBytes: 100, signal: new AbortController().signal, into };
    await expect(attachment && connector.fetchFile?.({ ...wish, attachment })).resolves.toEqual({ state: 'fetched' });
    expect(Buffer.concat(pieces).toString()).toBe('jpeg');
    sim.contents.clear();
    await expect(attachment && connector.fetchFile?.({ ...wish, attachment })).resolves.toMatchObject({
      state: 'gone',
    });
    await close();
  });

  test('signs as its documentation says', () => {
    const body = '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}';
    expect(lineSignature(body, '8c570fa6dd201bb328f1c1eac23a96d8')).toBe(
      'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=',
    );
  });
});

describe('Messenger', () => {
  const secrets = { token: 't', appSecret: 'a', verifyToken: 'v' };

  test('says that the window of 24 hours is over', async () => {
    await using door = await Door.make();
    await using sim = await startMessenger({ webhookUrl: () => door.url, ...secrets });
    const { connector, message, close } = await house(
      'messenger',
      secrets,
      { 'https://graph.facebook.com': sim.url },
      door,
    );
    await expect(connector.send(message('x', psid))).resolves.toMatchObject({ state: 'failed', reason: 'bad-address' });
    sim.wrote(psid, systemClock.now() - 86_400_000);
    await expect(connector.send(message('x', psid))).resolves.toMatchObject({
      ...{ state: 'failed', reason: 'window-closed', code: '10' },
    });
    await sim.writes(psid, 'Hello');
    await expect(connector.send(message('x', psid))).resolves.toMatchObject({ state: 'sent' });
    await close();
  });

  test('tells reading by a time, and what was written in the Page’s inbox as ours', async () => {
    await using door = await Door.make();
    await using sim = await startMessenger({ webhookUrl: () => door.url, ...secrets });
    const { core, connector, message, line, close } = await house(
      'messenger',
      secrets,
      { 'https://graph.facebook.com': sim.url },
      door,
    );
    await sim.writes(psid, 'Hello');
    const before = await connector.send(message('one', psid, 1));
    await sim.event(psid, { read: { watermark: systemClock.now() } });
    expect(core.updates).toMatchObject([{ state: 'read', remoteId: before.state === 'sent' ? before.ids[0] : '' }]);
    const echo = { sender: { id: line }, recipient: { id: psid } };
    await sim.event(psid, {
      ...echo,
      message: { mid: 'm_1', is_echo: true, app_id: 263_902_037_430_900, text: 'from the inbox' },
    });
    await sim.event(psid, {
      ...echo,
      message: { mid: 'm_2', is_echo: true, app_id: 1_517_776_481_860_111, text: 'one' },
    });
    expect(core.texts).toEqual(['Hello', 'from the inbox']);
    expect(core.events.at(-1)).toMatchObject({ message: { own: true, from: line, to: psid } });
    await close();
  });
});
