/** The connector against the simulated phone, over sockets. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, noMillis, parseAddress, parseMillis, parsePosition, parseRemoteId } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Attachment } from '../../../src/core/network-entries.ts';
import type { Connector, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import { android } from '../../../src/networks/android/android.ts';
import { Door } from '../../contract/networks/door.ts';
import { sampleFile } from '../../contract/networks/sample-files.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import {
  simPhone,
  startAndroid,
  type AndroidOptions,
  type AndroidSimulator,
} from '../../support/simulators/android/android.ts';

const line = must(parseAddress(simPhone.number));
const second = must(parseAddress('+12025550101'));
const customer = must(parseAddress('+12025550199'));
const png = sampleFile('image', ['image/png']);
const { username, password, signingKey } = simPhone;

function outbound(text: string, number = 1, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return { position: must(parsePosition(number)), attempt: 1, from: line, to: customer, text, ...more };
}

describe('a phone of our own', () => {
  let door: Door;
  let phone: AndroidSimulator;
  let core: TestCore;
  let connector: Connector;

  async function open(config: Record<string, unknown> = {}, options: AndroidOptions = {}): Promise<void> {
    phone = await startAndroid({ pauseMs: 5, retries: 3, ...options });
    await connect(config, new TestCore({ door, lines: [line, second] }));
  }

  async function connect(config: Record<string, unknown>, over: TestCore): Promise<void> {
    core = over;
    const login = { url: phone.url, server: 'local', username, password, signingKey, perSecond: 100 };
    connector = android.open(over.context(), { ...login, sims: { [line]: 1, [second]: 2 }, ...config });
    await connector.start();
    await until('the phone asked', () => core.state !== 'starting');
  }

  beforeEach(async () => {
    door = await Door.make();
  });
  afterEach(async () => {
    await connector.stop(1_000);
    await phone[Symbol.asyncDispose]();
    await door[Symbol.asyncDispose]();
  });

  async function missed(): Promise<NetworkEvent[]> {
    const found: NetworkEvent[] = [];
    for await (const event of connector.missed?.(noMillis) ?? []) found.push(event);
    return found;
  }

  const filesIn = (event: NetworkEvent | undefined): readonly Attachment[] =>
    event?.kind === 'message' ? (event.message.attachments ?? []) : [];

  async function bytesOf(attachment: Attachment | undefined): Promise<Buffer | string> {
    if (attachment === undefined) return 'no file';
    const pieces: Uint8Array[] = [];
    const into = (piece: Uint8Array): Promise<void> => Promise.resolve(void pieces.push(piece));
    const wish = { attachment, maxBytes: 100_000, signal: new AbortController().signal, into };
    const answer = await connector.fetchFile?.(wish);
    return answer?.state === 'fetched' ? Buffer.concat(pieces) : (answer?.state ?? 'no way');
  }

  test('is asked to call us for every event, once, also after a restart', async () => {
    await open();
    const known = [...phone.webhooks.values()];
    expect(new Set(known.map(({ event }) => event)).size).toBe(known.length);
    expect(known.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['sms:received', 'mms:downloaded', 'sms:sent', 'sms:delivered', 'sms:failed']),
    );
    phone.webhooks.set('by-hand', { id: 'by-hand', url: door.url, event: 'sms:received' });
    phone.webhooks.set('another', { id: 'another', url: 'https://elsewhere.example/', event: 'sms:received' });
    await connector.stop(1_000);
    expect(phone.webhooks.size).toBe(known.length + 2);
    await connect({}, new TestCore({ door, lines: [line, second], kv: core.kv }));
    expect([...phone.webhooks.keys()]).toEqual([...known.map(({ id }) => id), 'another']);
    expect(phone.refused).toEqual([]);
  });

  test('is believed by both keys while its signing key is being changed, and by the new one alone afterwards', async () => {
    const calls = async (key: string, text: string): Promise<boolean> => {
      const payload = {
        messageId: text,
        sender: customer,
        message: text,
        receivedAt: new Date(systemClock.now()).toISOString(),
      };
      const call = { url: door.url, body: JSON.stringify({ id: text, event: 'sms:received', payload }) };
      const answer = await fetch(call.url, { method: 'POST', headers: phone.signed(call, key), body: call.body });
      await answer.arrayBuffer();
      return answer.ok;
    };
    await open({ otherSigningKey: 'the-next' });
    await expect(calls(signingKey, 'before')).resolves.toBe(true);
    await expect(calls('the-next', 'during')).resolves.toBe(true);
    await expect(calls('guessed', 'never')).resolves.toBe(false);
    await connector.stop(1_000);
    await connect({ signingKey: 'the-next' }, new TestCore({ door, lines: [line, second], kv: core.kv }));
    await expect(calls(signingKey, 'too late')).resolves.toBe(false);
    await expect(calls('the-next', 'after')).resolves.toBe(true);
    expect(core.heard).toEqual(['after']);
  });

  describe('whose clock', () => {
    const seconds = (): number => Math.floor(systemClock.now() / 1_000);
    /** Signed at that time, by the phone unless told. */
    async function called(text: string, signedAt: number, key: string = signingKey): Promise<number> {
      const receivedAt = new Date(systemClock.now()).toISOString();
      const payload = { messageId: text, sender: customer, message: text, receivedAt };
      const call = { url: door.url, body: JSON.stringify({ id: text, event: 'sms:received', payload }) };
      const headers = phone.signed(call, key, signedAt);
      const answer = await fetch(call.url, { method: 'POST', headers, body: call.body });
      await answer.arrayBuffer();
      return answer.status;
    }
    const alerts = (): readonly string[] =>
      core.events.flatMap((event) => (event.kind === 'account' ? [event.alert] : []));
    const behind = /the phone.s clock is \d+ minutes behind ours, so its calls are refused/u;

    test('is an hour off is told by its health and at the desks, until a call is in time', async () => {
      await open();
      await until('connected', () => core.state === 'connected');
      const now = seconds();
      expect(await called('one', now - 3_600)).toBe(403);
      expect(core.state).toBe('connected');
      expect(await called('one', now - 3_598)).toBe(403);
      expect(core.states.at(-1)).toEqual({ name: 'degraded', detail: expect.stringMatching(behind) });
      expect(alerts()).toEqual([expect.stringMatching(behind)]);
      expect(alerts().join()).toContain(`Texts to ${line}, ${second} are not heard: `);
      await called('one', now - 3_595);
      expect(alerts()).toHaveLength(1);
      await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ state: 'sent' });
      expect(core.state).toBe('degraded');
      expect(await called('one', seconds())).toBe(200);
      expect(core.state).toBe('connected');
      expect(core.heard).toEqual(['one']);
    });

    test('is right is not doubted for what a stranger sends, or plays again', async () => {
      await open();
      await until('connected', () => core.state === 'connected');
      const now = seconds();
      await called('forged', now - 3_600, 'guessed');
      await called('forged', now - 3_598, 'guessed');
      // One recorded call, twice; then two of different hours; then two with a call of the phone's own between.
      await called('played again', now - 3_600);
      await called('played again', now - 3_600);
      await called('older', now - 7_200);
      await called('between', now);
      await called('older', now - 7_190);
      expect(core.states.filter(({ name }) => name === 'degraded')).toEqual([]);
      expect(alerts()).toEqual([]);
      expect(core.heard).toEqual(['between']);
    });
  });

  test('each line sends from its SIM', async () => {
    await open();
    await connector.send(outbound('one'));
    await connector.send(outbound('two', 2, { from: second }));
    expect(phone.sent.map(({ sim }) => sim)).toEqual([1, 2]);
    await phone.customerWrites('to the second', { sim: 2, recipient: null });
    expect(core.events.at(-1)).toMatchObject({ message: { to: second } });
  });

  test.each([
    [{ status: 401 }, { state: 'retry', reason: 'bad-credentials', scope: 'connector' }],
    [{ status: 429 }, { state: 'retry', reason: 'rate-limited' }],
    [{ status: 503 }, { state: 'retry', reason: 'provider-down', scope: 'connector' }],
    [
      { status: 400, message: 'invalid phone number in row 1' },
      { state: 'failed', reason: 'bad-address' },
    ],
    [
      { status: 400, message: 'simNumber must be >= 1' },
      { state: 'failed', reason: 'provider-refused', code: '400' },
    ],
  ])('%j is %j', async (refusal, result) => {
    await open();
    phone.next.push(refusal);
    await expect(connector.send(outbound('Hello'))).resolves.toMatchObject(result);
    expect(phone.sent).toEqual([]);
  });

  test('a short code is not checked for being a number', async () => {
    await open();
    const to = must(parseAddress('77007'));
    await expect(connector.send(outbound('STOP', 1, { to }))).resolves.toMatchObject({ state: 'sent' });
  });

  test('a text whose answer was lost is told once more, and taken once', async () => {
    await open();
    phone.silent = true;
    const sending = connector.send(outbound('Hello'));
    await until('taken', () => phone.sent.length === 1);
    phone.cut();
    await expect(sending).resolves.toEqual({ state: 'sent', ids: [phone.sent[0]?.id] });
    expect(phone.sent).toHaveLength(1);
  });

  test('the same words asked for again by a person go out again', async () => {
    await open();
    await connector.send(outbound('Hello', 1, { attempt: 1 }));
    await connector.send(outbound('Hello', 1, { attempt: 2 }));
    expect(phone.sent).toHaveLength(2);
  });

  test('killed in mid-send, its successor asks by the position', async () => {
    await open();
    phone.silent = true;
    const sending = connector.send(outbound('Hello', 7));
    await until('taken', () => phone.sent.length === 1);
    core.kill();
    const disk = new Map(core.kv);
    await Promise.all([connector.stop(500), sending]);
    phone.cut();
    await connect({}, new TestCore({ door, lines: [line, second], kv: disk }));
    const asked = await connector.query?.(must(parseRemoteId('7')));
    expect(asked).toEqual({ state: 'accepted', ids: [phone.sent[0]?.id] });
    await expect(connector.query?.(must(parseRemoteId('8')))).resolves.toBeUndefined();
  });

  test('receipts name what was sent', async () => {
    await open();
    await connector.send(outbound('Hello'));
    const id = phone.sent[0]?.id ?? '';
    await phone.becomes(id, 'Delivered');
    await phone.becomes(id, 'Sent');
    await phone.becomes(id, 'Failed', 'RESULT_ERROR_NO_SERVICE');
    expect(core.updates.map(({ state, remoteId }) => [state, remoteId])).toEqual([
      ['delivered', id],
      ['accepted', id],
      ['failed', id],
    ]);
  });

  test('with a token the password is shown once, and a revoked token is replaced', async () => {
    await open({ login: 'jwt' });
    await connector.send(outbound('one'));
    expect(phone.asked.filter((asked) => asked.endsWith('/auth/token'))).toHaveLength(1);
    phone.revoke();
    await expect(connector.send(outbound('two', 2))).resolves.toMatchObject({ state: 'sent' });
    expect(phone.asked.filter((asked) => asked.endsWith('/auth/token'))).toHaveLength(2);
  });

  test('a wrong password is told', async () => {
    await open({ password: 'wrong' });
    expect(core.state).toBe('bad-credentials');
  });

  test('a path before the API is kept', async () => {
    await open();
    await connector.stop(1_000);
    await connect({ url: `${phone.url}/3rdparty/v1/` }, new TestCore({ door }));
    expect(phone.asked.at(-1)).toBe('GET /3rdparty/v1/webhooks');
  });

  describe('files', () => {
    test.each([true, false])('come with the webhook (%s) or are fetched from the phone', async (inline) => {
      await open();
      await phone.customerSendsFiles('Look', [png], inline);
      const [attachment] = filesIn(core.events[0]);
      expect(await bytesOf(attachment)).toEqual(Buffer.from(png.bytes));
    });

    test('that a cloud server does not hand out are gone', async () => {
      await open({ server: 'cloud' }, { server: 'cloud' });
      await phone.customerSendsFiles('Look', [png], false);
      expect(await bytesOf(filesIn(core.events[0])[0])).toBe('gone');
    });

    test('that came with a webhook are there after a restart, and go after a week', async () => {
      await open();
      await phone.customerSendsFiles('Look', [png]);
      const [attachment] = filesIn(core.events[0]);
      await connector.stop(1_000);
      await connect({}, new TestCore({ door, lines: [line], kv: core.kv }));
      expect(await bytesOf(attachment)).toEqual(Buffer.from(png.bytes));
      await connector.stop(1_000);
      phone.inbox.length = 0;
      const later = { ...systemClock, now: () => must(parseMillis(systemClock.now() + 8 * 86_400_000)) };
      await connect({}, new TestCore({ door, lines: [line], kv: core.kv, clock: later }));
      await until('tidied', () => ![...core.kv.keys()].some((key) => key.startsWith('mms-bytes/')));
      expect(await bytesOf(attachment)).toBe('gone');
    });
  });

  describe('the list', () => {
    test('has what no webhook brought, under the ids of webhooks, and what the app itself missed', async () => {
      await open();
      core.gate = () => Promise.reject(new Error('disk full'));
      await expect(phone.customerWrites('lost?')).resolves.toBe(false);
      core.gate = () => Promise.resolve();
      await phone.customerWrites('heard');
      phone.arrivesUnseen('the app was off');
      const listed = await missed();
      expect(listed.map((event) => (event.kind === 'message' ? event.message.text : ''))).toEqual([
        ...['lost?', 'heard', 'the app was off'],
      ]);
      expect(listed[1]).toMatchObject({ id: core.events[0]?.id, at: core.events[0]?.at });
      const bodies = [listed[1], core.events[0]].map((event) =>
        event?.kind === 'message' ? event.message : undefined,
      );
      expect(bodies[0]).toEqual(bodies[1]);
    });

    test('is read page by page, oldest first', async () => {
      await open();
      await door.shut();
      phone.givesUp();
      const texts = Array.from({ length: 1_203 }, (_, number) => `number ${String(number)}`);
      for (const text of texts) phone.arrivesUnseen(text);
      expect((await missed()).map((event) => (event.kind === 'message' ? event.message.text : ''))).toEqual(texts);
    });

    test('has pictures that no webhook brought, and not those that one did', async () => {
      await open();
      await phone.customerSendsFiles('heard', [png]);
      core.gate = () => Promise.reject(new Error('disk full'));
      await phone.customerSendsFiles('', [png]);
      core.gate = () => Promise.resolve();
      const listed = await missed();
      expect(listed).toMatchObject([{ message: { text: '', attachments: [{ kind: 'image' }] } }]);
      expect(await bytesOf(filesIn(listed[0])[0])).toEqual(Buffer.from(png.bytes));
    });

    test('throws when the phone cannot be asked', async () => {
      await open();
      phone.next.push({ status: 500 });
      await expect(missed()).rejects.toThrow('did not look again');
    });
  });

  test('through the cloud the phone is told to call for what its app missed', async () => {
    await open({ server: 'cloud' }, { server: 'cloud' });
    expect(typeof connector.missed).toBe('undefined');
    await until('refreshed', () => core.kv.has('refreshed'));
    await connector.stop(1_000);
    phone.arrivesUnseen('the app was off');
    const later = { ...systemClock, now: () => must(parseMillis(systemClock.now() + 3_700_000)) };
    await connect({ server: 'cloud' }, new TestCore({ door, lines: [line], kv: core.kv, clock: later }));
    await until('told to look', () => phone.unseen.length === 0);
  });

  test('without a public address it says so', async () => {
    await open();
    const ctx = core.context();
    const nowhere = { ...ctx, http: { ...ctx.http, url: undefined } };
    expect(() => android.open(nowhere, { username, password, signingKey })).toThrow('publicUrl is missing');
  });
});
