import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition, parseRemoteId, type RemoteId } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { FileKind } from '../../../src/core/network-entries.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { OutboundFile } from '../../../src/core/ports/outbound.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { http } from '../../../src/networks/http/http.ts';
import type { KitFile } from '../../contract/network.ts';
import { Door } from '../../contract/networks/door.ts';
import { sampleFile } from '../../contract/networks/sample-files.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { httpExample } from '../../support/http-example.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { lineSignature, startLine } from '../../support/simulators/line/line.ts';
import { startMessenger } from '../../support/simulators/messenger/messenger.ts';

const user = 'U4af4980629abcdefabcdefabcdefabcd';
const psid = '254459876543210';

function outboundFile({ kind, name, type, bytes }: KitFile, door: Door): OutboundFile {
  const open = (): AsyncIterable<Uint8Array> => Readable.from([bytes]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { kind, name, type, size: bytes.length, sha256, open };
  return { ...file, link: () => door.lay(file) };
}

async function house(
  name: 'line' | 'messenger',
  secrets: Record<string, string>,
  origins: Record<string, string>,
  { door, kv = new Map<string, Uint8Array>() }: { readonly door: Door; readonly kv?: Map<string, Uint8Array> },
) {
  const { settings, address } = httpExample(name, { secrets, origins });
  const line = must(parseAddress(address));
  const fetching = createFetching({ clock: systemClock });
  const core = new TestCore({ clock: systemClock, door, lines: [line], fetching, kv });
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
    const { connector, message, close } = await house('line', secrets, { 'https://api.line.me': sim.url }, { door });
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

  test.each([
    ['a web page', 'text/html; charset=utf-8', '<html>Sign in to the network</html>'],
    ['an answer that names no message', 'application/json', '{}'],
  ])('%s in its place is no ✓: LINE is asked again under the same key', async (_what, type, body) => {
    await using door = await Door.make();
    const keys = new Set<unknown>();
    let answers = { type: 'application/json', body: '{"sentMessages":[{"id":"461230966842064897"}]}' };
    const good = answers;
    await using peer = await httpPeer((request, response) => {
      if (request.method === 'POST') keys.add(request.headers['x-line-retry-key']);
      response.setHeader('content-type', answers.type).end(answers.body);
    });
    const { core, connector, message, close } = await house(
      'line',
      secrets,
      { 'https://api.line.me': peer.url },
      { door },
    );
    answers = { type, body };
    await expect(connector.send(message('Hello', user))).resolves.toMatchObject({ state: 'retry', scope: 'message' });
    expect(core.state).toBe(type === 'application/json' ? 'connected' : 'connecting');
    answers = good;
    await expect(connector.send(message('Hello', user, 7, 2))).resolves.toMatchObject({ state: 'sent' });
    expect(keys.size).toBe(1);
    await close();
  });

  test('a web page that answers the question after the account is not LINE', async () => {
    await using door = await Door.make();
    await using peer = await httpPeer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<html></html>');
    });
    const { settings, address } = httpExample('line', { secrets, origins: { 'https://api.line.me': peer.url } });
    const fetching = createFetching({ clock: systemClock });
    const core = new TestCore({
      clock: systemClock,
      door,
      lines: [must(parseAddress(address))],
      fetching,
      kv: new Map(),
    });
    const connector: Connector = http.open(core.context(), settings);
    await connector.start();
    await until('looked at', () => core.states.length > 1);
    expect(core.states).toEqual([
      { name: 'starting' },
      { name: 'connecting', detail: expect.stringContaining('a web page answers in place of LINE') },
    ]);
    await connector.stop(500);
    await fetching[Symbol.asyncDispose]();
  });

  test('brings a redelivery under the same id, unsends, groups, blocks and contents', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const origins = { 'https://api.line.me': sim.url, 'https://api-data.line.me': sim.dataUrl };
    const { core, connector, line, close } = await house('line', secrets, origins, { door });
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

  test('is answered by the token of what is answered, and in words where that was never told', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const { core, connector, message, line, close } = await house(
      'line',
      secrets,
      { 'https://api.line.me': sim.url },
      { door },
    );
    await sim.writes(user, 'Blue or red?');
    const asked = must(parseRemoteId(sim.newest));
    const by = must(parseAddress(user));
    const answer = (text: string, id: RemoteId, position: number, who = by) =>
      connector.send({ ...message(text, user, position), replyTo: { id, by: who, text: 'Blue or\nred?' } });
    const first = await answer('Blue.', asked, 1);
    const own = first.state === 'sent' ? first.ids[0] : undefined;
    await until('noted', () => core.kv.has(`kept/${own ?? ''}`));
    await answer('Dark blue.', must(parseRemoteId(own)), 2, line);
    await answer('Or so.', must(parseRemoteId('1')), 3);
    expect(sim.pushed.map(({ text, quotes }) => [text, quotes])).toEqual([
      ['Blue.', asked],
      ['Dark blue.', own],
      ['> Blue or red?\nOr so.', undefined],
    ]);
    const end = { from: line, to: by, by };
    await connector.markRead?.({ ...end, id: must(parseRemoteId('1')) });
    await connector.markRead?.({ ...end, id: asked });
    expect(sim.read).toEqual([asked]);
    await close();
  });

  test('forgets the tokens of what is older than three months', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const note = (days: number) =>
      Buffer.from(JSON.stringify({ at: systemClock.now() - days * 86_400_000, values: { quote: 'q' } }));
    const kv = new Map<string, Uint8Array>([
      ['kept/1', note(91)],
      ['kept/2', note(89)],
      ['kept/3', Buffer.from('?')],
    ]);
    const { core, close } = await house('line', secrets, { 'https://api.line.me': sim.url }, { door, kv });
    await until('tidied', () => core.kv.size === 1);
    expect([...core.kv.keys()]).toEqual(['kept/2']);
    await close();
  });

  test('fetches files from us: a small picture is its own preview, anything else has a grey square', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const { connector, message, close } = await house('line', secrets, { 'https://api.line.me': sim.url }, { door });
    const send = async (kind: FileKind, size: number, position: number, more: Partial<OutboundFile> = {}) => {
      const given = sampleFile(kind, connector.capabilities().file[kind]?.mime_types ?? [], size);
      return connector.send({ ...message('', user, position), file: { ...outboundFile(given, door), ...more } });
    };
    await send('image', 20_000, 1);
    await send('image', 2_000_000, 2);
    await send('video', 20_000, 3);
    await send('voice', 20_000, 4, { durationMs: 7_400 });
    await send('audio', 20_000, 5);
    expect(sim.pushed).toMatchObject([
      { preview: { size: 20_000 }, file: expect.any(String) },
      { preview: { type: 'image/png', size: 67 }, file: expect.any(String) },
      { preview: { type: 'image/png', size: 67 }, file: expect.any(String) },
      { durationMs: 7_400, file: expect.any(String) },
      { durationMs: 1_000, file: expect.any(String) },
    ]);
    await expect(fetch(`${door.url}?file=guess`).then(({ status }) => status)).resolves.toBe(401);
    await expect(send('file', 10, 6)).rejects.toThrow('no sample');
    expect(
      connector.refuses?.({ ...message('words', user), file: outboundFile(sampleFile('image', ['image/png']), door) }),
    ).toEqual({
      ...{ reason: 'unsupported', detail: 'words with this kind of file' },
    });
    await close();
  });

  test('sends a place by a name that LINE takes, and brings stickers and edits in words', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const { core, connector, message, close } = await house(
      'line',
      secrets,
      { 'https://api.line.me': sim.url },
      { door },
    );
    const location = { latitude: 52.5, longitude: 13.4, name: 'x'.repeat(150) };
    await expect(connector.send({ ...message('', user, 1), location })).resolves.toMatchObject({ state: 'sent' });
    expect(sim.pushed[0]?.location).toEqual({ latitude: 52.5, longitude: 13.4, title: `${'x'.repeat(99)}…` });
    const sticker = { type: 'sticker', packageId: '1', stickerId: '2', stickerResourceType: 'STATIC' };
    await sim.event(user, sim.message({ ...sticker, keywords: ['cony', 'sally'] }));
    await sim.event(user, sim.message({ ...sticker, keywords: ['cony'], text: 'Thank you' }));
    const group = 'Ca56f94637cabcdefabcdefabcdefabcd';
    await sim.event(user, { type: 'messageEdited', message: { type: 'text', id: '7', text: 'At ten.' } }, group);
    expect(core.events).toMatchObject([
      { kind: 'message', message: { text: 'cony, sally', unsupported: 'a sticker' } },
      { kind: 'message', message: { text: 'Thank you', unsupported: 'a sticker' } },
      { kind: 'edit', edit: { target: '7', text: 'At ten.', group: { id: group } } },
    ]);
    await close();
  });

  test.each(['Ca56f94637cabcdefabcdefabcdefabcd', 'Ra8dbf4673c4c812cd491258042226c99'])(
    'is answered where several people are: what is written or tapped in %s is of that chat',
    async (chat) => {
      await using door = await Door.make();
      await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
      const { core, connector, message, close } = await house(
        'line',
        secrets,
        { 'https://api.line.me': sim.url },
        { door },
      );
      await sim.event(user, sim.message({ type: 'text', text: 'Hello all' }), chat);
      await sim.event(user, { type: 'postback', postback: { data: 'yes' } }, chat);
      expect(core.events).toMatchObject([
        { kind: 'message', message: { from: user, text: 'Hello all', group: { id: chat } } },
        { kind: 'message', message: { from: user, text: 'yes', group: { id: chat } } },
      ]);
      await expect(connector.send(message('Hello', chat))).resolves.toMatchObject({ state: 'sent' });
      expect(sim.pushed).toMatchObject([{ to: chat, text: 'Hello' }]);
      await close();
    },
  );

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
      { door },
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

  test('does not take a file that it could not fetch, and says so', async () => {
    await using door = await Door.make();
    await using sim = await startMessenger({ webhookUrl: () => door.url, ...secrets });
    const { connector, message, close } = await house(
      'messenger',
      secrets,
      { 'https://graph.facebook.com': sim.url },
      { door },
    );
    await sim.writes(psid, 'Hello');
    const file = outboundFile({ ...sampleFile('file', ['application/pdf']), name: 'Angebot für Sie.pdf' }, door);
    await expect(connector.send({ ...message('', psid, 1), file })).resolves.toMatchObject({ state: 'sent' });
    expect(sim.sent[0]?.file).toBe(file.sha256);
    const sound = { ...file, kind: 'audio' as const };
    await expect(connector.send({ ...message('', psid, 2), file: sound })).resolves.toMatchObject({
      ...{ state: 'failed', reason: 'provider-refused', code: '400', detail: '(#100) Upload attachment failure.' },
    });
    await close();
  });

  test('tells reading by a time, and what was written in the Page’s inbox as ours', async () => {
    await using door = await Door.make();
    await using sim = await startMessenger({ webhookUrl: () => door.url, ...secrets });
    const { core, connector, message, line, close } = await house(
      'messenger',
      secrets,
      { 'https://graph.facebook.com': sim.url },
      { door },
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
