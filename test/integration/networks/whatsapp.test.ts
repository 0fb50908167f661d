import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import { createFetching, type Fetching } from '../../../src/networks/fetch/fetching.ts';
import { WhatsAppConnector } from '../../../src/networks/whatsapp/connector.ts';
import { whatsappConfig } from '../../../src/networks/whatsapp/config.ts';
import { Door } from '../../contract/networks/door.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { pagePeer, signIn } from '../../support/page-peer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { defaultAccount, startWhatsApp, type WhatsAppSimulator } from '../../support/simulators/whatsapp/whatsapp.ts';

const line = must(parseAddress('+12025550100'));
const customer = must(parseAddress('+12025550199'));
const ann = { phone: '12025550199', name: 'Ann' };

let door: Door;
let sim: WhatsAppSimulator;
let fetching: Fetching;
let core: TestCore;
let connector: WhatsAppConnector;

async function open(more: object = {}, kv = new Map<string, Uint8Array>()): Promise<void> {
  core = new TestCore({ clock: systemClock, door, lines: [line], fetching, kv });
  connector = new WhatsAppConnector(
    core.context(),
    whatsappConfig.parse({
      ...{
        token: defaultAccount.token,
        appSecret: 's',
        verifyToken: 'v',
        businessAccountId: defaultAccount.businessAccountId,
      },
      ...{
        numbers: { [line]: sim.line },
        api: sim.url,
        mediaOrigins: [sim.graph.filesAt],
        checkEvery: '50ms',
        ...more,
      },
    }),
  );
  await connector.start();
}

beforeEach(async () => {
  door = await Door.make();
  sim = await startWhatsApp({ webhookUrl: () => door.url, appSecret: 's' });
  fetching = createFetching({ clock: systemClock });
  await open();
  await until('connected', () => core.state === 'connected');
});

afterEach(async () => {
  await connector.stop(500);
  await sim[Symbol.asyncDispose]();
  await fetching[Symbol.asyncDispose]();
  await door[Symbol.asyncDispose]();
});

function message(text: string, number = 1, to = customer) {
  return { position: must(parsePosition(number)), attempt: 1, from: line, to, text };
}

async function fetched(maxBytes = 1_000_000) {
  const event = core.events.findLast((one) => one.kind === 'message');
  const attachment = event?.kind === 'message' ? event.message.attachments?.[0] : undefined;
  if (attachment === undefined) throw new Error('no file came');
  const pieces: Uint8Array[] = [];
  const into = (piece: Uint8Array): Promise<void> => {
    pieces.push(Uint8Array.from(piece));
    return Promise.resolve();
  };
  const state = await connector.fetchFile({ attachment, maxBytes, signal: new AbortController().signal, into });
  return { state, bytes: Buffer.concat(pieces) };
}

const picture = { bytes: Buffer.alloc(50_000, 'pixels'), type: 'image/jpeg' };

describe('a file of a customer’s', () => {
  test('comes whole', async () => {
    await sim.sendsFile(ann, 'image', picture);
    const { state, bytes } = await fetched();
    expect(state).toEqual({ state: 'fetched' });
    expect(bytes.equals(picture.bytes)).toBe(true);
  });

  test('is gone when Meta has not got it any more', async () => {
    await sim.sendsFile(ann, 'image', picture);
    sim.graph.files.clear();
    expect((await fetched()).state).toMatchObject({ state: 'gone' });
  });

  test('with other bytes than were announced is refused', async () => {
    await sim.sendsFile(ann, 'image', picture);
    for (const id of sim.graph.files.keys()) sim.graph.files.set(id, { ...picture, bytes: Buffer.from('other') });
    expect((await fetched()).state).toMatchObject({ state: 'refused' });
  });

  test('that lies somewhere else is not asked for, and nobody is shown our token', async () => {
    let asked = 0;
    await using stranger = await httpPeer((_request, response) => {
      asked += 1;
      response.end('bytes');
    });
    await sim.sendsFile(ann, 'image', picture);
    sim.graph.filesAt = stranger.url;
    expect((await fetched()).state).toMatchObject({ state: 'refused' });
    expect(asked).toBe(0);
  });
});

describe('what we send', () => {
  test('arrives, and its statuses come in whatever order, each once', async () => {
    await sim.writes(ann, 'Hello? é😀');
    expect(core.texts).toEqual(['Hello? é😀']);
    const result = await connector.send(message('Yes!'));
    const id = result.state === 'sent' ? result.ids[0] : undefined;
    expect(sim.received()).toEqual(['Yes!']);
    for (const status of ['read', 'delivered', 'read', 'sent']) await sim.tells(id ?? '', status);
    const said = new Set(core.updates.map((update) => `${update.state} ${update.id.split('/')[2] ?? ''}`));
    expect([...said].sort()).toEqual(['accepted sent', 'delivered delivered', 'read read']);
    expect(core.updates.every((update) => update.matches?.some((one) => one === id) ?? false)).toBe(true);
  });

  test('to somebody who never wrote is refused by Meta as outside the window', async () => {
    const stranger = must(parseAddress('+12025550123'));
    await expect(connector.send(message('Hi', 1, stranger))).resolves.toMatchObject({
      state: 'failed',
      reason: 'window-closed',
    });
  });

  test('whose answer was lost is named by its status', async () => {
    await sim.writes(ann, 'Hello?');
    sim.graph.answers = false;
    const sending = connector.send(message('Yes!', 4_711));
    await until('it to be there', () => sim.received().length === 1);
    sim.cut();
    const result = await sending;
    expect(result).toMatchObject({ state: 'unknown', ids: ['4711'] });
    await until('its status', () => core.updates.length > 0);
    expect(core.updates[0]?.matches).toContain('4711');
  });

  test('waits while Meta does not take our token, and the line says so', async () => {
    await sim.writes(ann, 'Hello?');
    sim.graph.tokenIsGood = false;
    await expect(connector.send(message('Yes!'))).resolves.toMatchObject({ state: 'retry', reason: 'bad-credentials' });
    expect(core.state).toBe('bad-credentials');
    sim.graph.tokenIsGood = true;
    await until('connected again', () => core.state === 'connected');
  });

  test.each([
    ['a web page', signIn],
    ['a page that forbids', { ...signIn, status: 403 }],
    ['a page that finds nothing', { ...signIn, status: 404 }],
  ])('and is answered by %s of somebody else is perhaps sent, and the line waits for WhatsApp', async (_what, page) => {
    await using peer = await pagePeer((path) =>
      path.startsWith('POST') ? { messages: [{ id: 'wamid.1' }] } : { id: sim.line },
    );
    await connector.stop(500);
    await open({ api: peer.url });
    await until('connected', () => core.state === 'connected');
    peer.instead = page;
    await expect(connector.send(message('Hello', 7))).resolves.toEqual({
      ...{ state: 'unknown', ids: ['7'], detail: expect.stringContaining('a web page answers in place of WhatsApp') },
    });
    expect(core.states.at(-1)).toEqual({
      ...{ name: 'connecting', detail: expect.stringContaining('a web page answers in place of WhatsApp') },
    });
    peer.instead = undefined;
    await until('connected again', () => core.state === 'connected');
    await expect(connector.send(message('Hello', 8))).resolves.toMatchObject({ state: 'sent' });
  });

  test.each([
    ['a web page', signIn, 'a web page answers in place of WhatsApp'],
    ['a web page that forbids', { ...signIn, status: 403 }, 'a web page answers in place of WhatsApp'],
    ['JSON of something else', { ...signIn, type: 'application/json', body: '{"ok":true}' }, 'is not WhatsApp'],
    ['no words at all', { ...signIn, type: 'text/plain', body: '' }, 'is not WhatsApp'],
  ])('is not begun where %s answers the question after the number', async (_what, page, words) => {
    await using peer = await pagePeer(() => ({}));
    peer.instead = page;
    await connector.stop(500);
    await open({ api: peer.url });
    await until('looked at', () => core.states.length > 1);
    expect(core.states).toEqual([{ name: 'starting' }, { name: 'connecting', detail: expect.stringContaining(words) }]);
  });

  test('with another version of the API is refused', async () => {
    await connector.stop(500);
    await open({ version: 'v12.0' });
    await until('a word of it', () => core.state !== 'starting');
    expect(core.state).toBe('bad-credentials');
  });
});

test('the clock of the simulator closes the window after a day, to the second', async () => {
  const clock = new ManualClock(1_749_416_400_000);
  const own = await startWhatsApp({ webhookUrl: () => door.url, appSecret: 's', now: () => clock.now() });
  own.graph.wrote(own.line, ann.phone);
  const ask = () =>
    fetch(`${own.url}/v24.0/${own.line}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${defaultAccount.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: '+12025550199', type: 'text', text: { body: 'x' } }),
    });
  clock.advance(86_399_000);
  expect((await ask()).status).toBe(200);
  clock.advance(1_000);
  const refused = await ask();
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { code: 131_047 } });
  own.calls.giveUp();
  await own[Symbol.asyncDispose]();
});
