/** The connector against the simulated Twilio, over sockets. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  after,
  must,
  noMillis,
  parseAddress,
  parseMillis,
  parsePosition,
  parseRemoteId,
} from '../../../src/core/ids.ts';
import type { Connector, FileFetched, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { OutboundFile, OutboundMessage } from '../../../src/core/ports/outbound.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { twilio } from '../../../src/networks/twilio/twilio.ts';
import { Door } from '../../contract/networks/door.ts';
import { sampleFile } from '../../contract/networks/sample-files.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { pagePeer, signIn } from '../../support/page-peer.ts';
import {
  simAccount,
  startTwilio,
  type TwilioOptions,
  type TwilioSimulator,
} from '../../support/simulators/twilio/twilio.ts';

const line = must(parseAddress(simAccount.number));
const customer = must(parseAddress('+12025550199'));
const png = sampleFile('image', ['image/png']);
const jpeg = sampleFile('image', ['image/jpeg']);

function outbound(text: string, number = 1, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return { position: must(parsePosition(number)), attempt: 1, from: line, to: customer, text, ...more };
}

describe('twilio', () => {
  let door: Door;
  let provider: TwilioSimulator;
  let core: TestCore;
  let connector: Connector;

  async function open(config: Record<string, unknown> = {}, options: Partial<TwilioOptions> = {}): Promise<void> {
    provider = await startTwilio({ webhookUrl: door.url, ...options });
    const { fetch } = createFetching({ clock: systemClock, fetchFrom: [new URL(provider.filesUrl).host] });
    core = new TestCore({ door, lines: [line] });
    connector = connect(config, core, fetch);
    await connector.start();
    await until('Twilio asked', () => core.state !== 'starting');
  }

  function connect(config: Record<string, unknown>, over: TestCore, fetch = over.context().fetch): Connector {
    const account = { accountSid: simAccount.sid, authToken: simAccount.token, api: provider.url, perSecond: 1_000 };
    return twilio.open({ ...over.context(), fetch }, { ...account, ...config });
  }

  beforeEach(async () => {
    door = await Door.make();
  });
  afterEach(async () => {
    await connector.stop(1_000);
    await provider[Symbol.asyncDispose]();
    await door[Symbol.asyncDispose]();
  });

  async function missed(since = noMillis): Promise<NetworkEvent[]> {
    const found: NetworkEvent[] = [];
    for await (const event of connector.missed?.(since) ?? []) found.push(event);
    return found;
  }

  describe('sends', () => {
    test('from the number, told to report back', async () => {
      await open();
      const result = await connector.send(outbound('Hello'));
      expect(result).toEqual({ state: 'sent', ids: [provider.sent[0]?.sid] });
      expect(provider.sent[0]).toMatchObject({ from: line, to: customer, body: 'Hello', statusCallback: door.url });
    });

    test('through the messaging service of the line, with an API key', async () => {
      const { sid, secret } = simAccount.apiKey;
      await open({ messagingServices: { [line]: simAccount.service }, apiKey: { sid, secret } });
      await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ state: 'sent' });
      expect(provider.sent[0]).toMatchObject({ from: line, messagingServiceSid: simAccount.service });
    });

    test.each([
      [
        { status: 429, code: 20429, retryAfter: 7 },
        { state: 'retry', reason: 'rate-limited', afterMs: 7_000 },
      ],
      [{ status: 429 }, { state: 'retry', reason: 'rate-limited', scope: 'connector' }],
      [
        { status: 401, code: 20003 },
        { state: 'retry', reason: 'bad-credentials', scope: 'connector' },
      ],
      [
        { status: 503, code: 20503, retryAfter: 3 },
        { state: 'retry', reason: 'provider-down', afterMs: 3_000 },
      ],
      [
        { status: 400, code: 21211 },
        { state: 'failed', reason: 'bad-address', code: '21211' },
      ],
      [
        { status: 400, code: 21614 },
        { state: 'failed', reason: 'bad-address' },
      ],
      [
        { status: 400, code: 30034 },
        { state: 'failed', reason: 'sender-not-registered' },
      ],
      [
        { status: 403, code: 21408 },
        { state: 'failed', reason: 'provider-refused' },
      ],
      [{ status: 403 }, { state: 'failed', reason: 'provider-refused' }],
      [
        { status: 400, code: 21611 },
        { state: 'retry', reason: 'rate-limited' },
      ],
      [{ status: 500 }, { state: 'unknown' }],
    ])('%j is %j', async (refusal, result) => {
      await open();
      provider.next.push(refusal);
      await expect(connector.send(outbound('Hello'))).resolves.toMatchObject(result);
      expect(provider.sent).toEqual([]);
    });

    test('a wrong token is told, and asked about again after a while', async () => {
      await open({ authToken: 'wrong' });
      await until('told', () => core.state === 'bad-credentials');
      await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ reason: 'bad-credentials' });
    });

    test.each([
      ['a web page', signIn],
      ['a page that forbids', { ...signIn, status: 403 }],
      ['a page that finds nothing', { ...signIn, status: 404 }],
    ])('%s of somebody else in its place: perhaps sent, and the line waits for Twilio', async (_what, page) => {
      await using peer = await pagePeer((path) => (path.startsWith('POST') ? { sid: 'SM1' } : { messages: [] }));
      await open({}, {});
      await connector.stop(1_000);
      core = new TestCore({ door, lines: [line] });
      connector = connect({ api: peer.url }, core);
      await connector.start();
      await until('connected', () => core.state === 'connected');
      peer.instead = page;
      const words = expect.stringContaining('a web page answers in place of Twilio');
      await expect(connector.send(outbound('Hello'))).resolves.toEqual({ state: 'unknown', detail: words });
      expect(core.states.at(-1)).toEqual({ name: 'connecting', detail: words });
      peer.instead = undefined;
      await until('connected again', () => core.state === 'connected');
      await expect(connector.send(outbound('Hello', 2))).resolves.toEqual({ state: 'sent', ids: ['SM1'] });
    });

    test.each([
      ['a web page', signIn, 'a web page answers in place of Twilio'],
      ['a web page that forbids', { ...signIn, status: 403 }, 'a web page answers in place of Twilio'],
      ['JSON of something else', { ...signIn, type: 'application/json', body: '{"ok":true}' }, 'is not Twilio'],
    ])('%s in place of its list is not Twilio', async (_what, page, words) => {
      await using peer = await pagePeer(() => ({}));
      peer.instead = page;
      await open({ api: peer.url });
      await until('looked at', () => core.states.length > 1);
      expect(core.states.slice(0, 2)).toEqual([
        { name: 'starting' },
        { name: 'connecting', detail: expect.stringContaining(words) },
      ]);
    });

    test('what was refused because of a STOP puts the STOP on record', async () => {
      await open();
      provider.optedOut.add(`${customer} ${line}`);
      await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ state: 'failed', reason: 'opted-out' });
      expect(core.events).toMatchObject([{ kind: 'consent', consent: { from: customer, to: line, action: 'stop' } }]);
    });

    test('nobody listens: it certainly did not go out', async () => {
      await open();
      await provider[Symbol.asyncDispose]();
      const result = await connector.send(outbound('Hello'));
      expect(result).toMatchObject({ state: 'retry', reason: 'provider-down', scope: 'connector' });
      expect(core.state).toBe('connecting');
    });
  });

  describe('a send whose answer is lost', () => {
    test('is found in the list', async () => {
      await open();
      provider.breaksWith = 500;
      const result = await connector.send(outbound('ok'));
      expect(result).toEqual({ state: 'sent', ids: [provider.sent[0]?.sid] });
    });

    test('is not taken for an earlier one of the same words', async () => {
      await open();
      await connector.send(outbound('ok', 1));
      provider.next.push({ status: 500 });
      await expect(connector.send(outbound('ok', 2))).resolves.toMatchObject({ state: 'unknown' });
    });

    test('stays unknown where two may be it', async () => {
      await open();
      provider.next.push({ status: 500 });
      await expect(connector.send(outbound('ok', 1))).resolves.toMatchObject({ state: 'unknown' });
      provider.breaksWith = 500;
      await expect(connector.send(outbound('ok', 2))).resolves.toMatchObject({ state: 'unknown' });
    });

    test('killed meanwhile, its successor can be asked', async () => {
      await open();
      provider.silent = true;
      const sending = connector.send(outbound('Hello', 7));
      await until('taken', () => provider.sent.length === 1);
      core.kill();
      const disk = new Map(core.kv);
      provider.cut();
      await sending;
      await connector.stop(1_000);
      core = new TestCore({ door, lines: [line], kv: disk });
      connector = connect({}, core);
      await connector.start();
      const answer = await connector.query?.(must(parseRemoteId('7')));
      expect(answer).toEqual({ state: 'accepted', ids: [provider.sent[0]?.sid] });
      await expect(connector.query?.(must(parseRemoteId('8')))).resolves.toBeUndefined();
    });

    test('Twilio can be asked by its own id, too', async () => {
      await open();
      await connector.send(outbound('Hello'));
      const sid = must(parseRemoteId(provider.sent[0]?.sid));
      await expect(connector.query?.(sid)).resolves.toEqual({ state: 'accepted', ids: [sid] });
    });
  });

  describe('files', () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(png.bytes);
    }
    const { kind, name, type } = png;
    const laid = { kind, name, type, size: png.bytes.length, sha256: '', open: pieces };
    const linked = jest.fn((_openMs: number) => door.lay(laid));
    const file: OutboundFile = { ...laid, link: linked };

    test('go out by a link that is good for as long as Twilio may keep the message', async () => {
      await open();
      await connector.send(outbound('Look', 1, { file }));
      expect(provider.sent[0]?.media[0]?.bytes).toEqual(Buffer.from(png.bytes));
      expect(linked).toHaveBeenCalledWith(36_000_000);
      expect((await fetch(door.url)).status).toBe(401);
    });

    test('are not offered where the numbers send no MMS', async () => {
      await open({ mms: false });
      expect(connector.capabilities().file).toEqual({});
    });

    test.each([true, false])('come, with media login %s, and the login goes to the API alone', async (mediaLogin) => {
      await open({}, { mediaLogin });
      await provider.customerWrites('two', { files: [jpeg, png] });
      const [event] = core.events;
      const attachments = event?.kind === 'message' ? (event.message.attachments ?? []) : [];
      for (const [index, attachment] of attachments.entries()) {
        const pieces: Uint8Array[] = [];
        const into = (piece: Uint8Array): Promise<void> => Promise.resolve(void pieces.push(piece));
        const wish = { attachment, maxBytes: 100_000, signal: new AbortController().signal, into };
        await expect(connector.fetchFile?.(wish)).resolves.toEqual({ state: 'fetched' });
        expect(Buffer.concat(pieces)).toEqual(Buffer.from([jpeg, png][index]?.bytes ?? []));
      }
      expect(attachments).toHaveLength(2);
      expect(provider.leaked).toEqual([]);
    });

    test.each([
      [{ status: 404 }, 'gone'],
      [{ status: 403 }, 'refused'],
      [{ status: 500 }, 'retry'],
      [{ status: 429, retryAfter: 9 }, 'retry'],
      [{ status: 401 }, 'retry'],
    ] as const)('%j: %s', async (refusal, state: FileFetched['state']) => {
      await open();
      await provider.customerWrites('', { files: [png] });
      const [event] = core.events;
      const [attachment] = event?.kind === 'message' ? (event.message.attachments ?? []) : [];
      if (attachment === undefined) throw new Error('no file came');
      provider.next.push(refusal);
      const wish = { attachment, maxBytes: 10, signal: new AbortController().signal, into: () => Promise.resolve() };
      await expect(connector.fetchFile?.(wish)).resolves.toMatchObject({ state });
    });
  });

  describe('the list', () => {
    test('has what a failed webhook brought, which is not brought again', async () => {
      await open();
      core.gate = () => Promise.reject(new Error('disk full'));
      await expect(provider.customerWrites('lost?')).resolves.toBe(false);
      core.gate = () => Promise.resolve();
      expect(core.events).toEqual([]);
      expect(await missed()).toMatchObject([{ id: provider.messages[0]?.sid, message: { text: 'lost?' } }]);
      expect(provider.failedCalls).toEqual(['11200: HTTP 500']);
    });

    test('says the very same of texts and pictures as the webhook did', async () => {
      await open();
      await provider.customerWrites('text');
      await provider.customerWrites('', { files: [png] });
      await provider.customerWrites('text', { params: { AddedTomorrow: '1' } });
      const listed = await missed();
      expect(listed.map((event) => (event.kind === 'message' ? event.message : event))).toEqual(
        core.events.map((event) => (event.kind === 'message' ? event.message : event)),
      );
    });

    test('leaves out what the webhook told more of', async () => {
      await open();
      await provider.customerWrites('here', { params: { Latitude: '52.5', Longitude: '13.4' } });
      await provider.customerWrites('plain');
      expect(core.texts).toEqual(['here', 'plain']);
      expect(await missed()).toMatchObject([{ message: { text: 'plain' } }]);
    });

    test('is read page by page, oldest first, and holds nothing of ours', async () => {
      await open();
      await connector.send(outbound('ours'));
      core.gate = () => Promise.reject(new Error('disk full'));
      const texts = Array.from({ length: 1_203 }, (_, number) => `number ${String(number)}`);
      await door.shut();
      await Promise.all(texts.map((text) => provider.customerWrites(text)));
      const listed = await missed(must(parseMillis(systemClock.now() - 3_600_000)));
      expect(listed.map((event) => (event.kind === 'message' ? event.message.text : ''))).toEqual(texts);
      expect(provider.asked.filter((asked) => asked.includes('PageToken'))).toHaveLength(1);
    });

    test('throws when Twilio cannot be asked', async () => {
      await open();
      provider.next.push({ status: 500 });
      await expect(missed(after(systemClock.now(), -1_000))).rejects.toThrow('did not list');
    });
  });

  test('status callbacks come in any order, each on record once by its own id', async () => {
    await open();
    await connector.send(outbound('Hello'));
    const sid = provider.sent[0]?.sid ?? '';
    for (const status of ['delivered', 'sent', 'queued', 'delivered']) await provider.becomes(sid, status);
    expect(core.updates.map(({ state }) => state)).toEqual(['delivered', 'accepted', 'accepted', 'delivered']);
    expect(new Set(core.updates.map(({ id }) => id)).size).toBe(3);
  });

  test('what cannot be recorded is not acknowledged', async () => {
    await open();
    await connector.send(outbound('Hello'));
    core.gate = () => Promise.reject(new Error('disk full'));
    await expect(provider.becomes(provider.sent[0]?.sid ?? '', 'delivered')).resolves.toBe(false);
  });

  test('a console that says GET is understood', async () => {
    await open({}, { webhookMethod: 'GET' });
    await expect(provider.customerWrites("It's 100% fine + more")).resolves.toBe(true);
    expect(core.texts).toEqual(["It's 100% fine + more"]);
  });

  test('while the token is exchanged, the next one is believed', async () => {
    await open({ secondaryAuthToken: 'next-token' });
    const fields = { MessageSid: `SM${'3'.repeat(32)}`, From: customer, To: line, Body: 'Hi' };
    await expect(provider.post(provider.signed(fields, door.url, 'next-token'))).resolves.toBe(true);
    expect(core.texts).toEqual(['Hi']);
  });

  test('a STOP is on record as text and as consent', async () => {
    await open();
    await provider.customerWrites('Stop');
    expect(core.events.map(({ kind }) => kind)).toEqual(['message', 'consent']);
    expect(provider.failedCalls).toEqual([]);
  });

  test('without a public address it says so', async () => {
    await open();
    const ctx = core.context();
    const nowhere = { ...ctx, http: { ...ctx.http, url: undefined } };
    expect(() => twilio.open(nowhere, { accountSid: simAccount.sid, authToken: 'x' })).toThrow('publicUrl is missing');
  });
});
