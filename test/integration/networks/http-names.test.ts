/** What customers are called, where the provider's calls tell no name. */
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseAddress } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { http } from '../../../src/networks/http/http.ts';
import { Door } from '../../contract/networks/door.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { httpExample } from '../../support/http-example.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startLine } from '../../support/simulators/line/line.ts';
import { startMessenger } from '../../support/simulators/messenger/messenger.ts';

const user = 'U4af4980629abcdefabcdefabcdefabcd';
const other = 'U11111111111111111111111111111111';
const psid = '254459876543210';
const DAY_MS = 86_400_000;
const secrets = { token: 't', channelSecret: 'c' };

interface Given {
  readonly door: Door;
  readonly api: string;
  readonly kv?: Map<string, Uint8Array>;
  readonly clock?: ManualClock;
}

/** Disposing stops the connector and waits for all that it does. */
async function house(name: 'line' | 'messenger', { door, api, kv, clock = new ManualClock() }: Given) {
  const { settings, address } =
    name === 'line'
      ? httpExample('line', { secrets, origins: { 'https://api.line.me': api } })
      : httpExample('messenger', {
          secrets: { token: 't', appSecret: 'a', verifyToken: 'v' },
          origins: { 'https://graph.facebook.com': api },
        });
  const line = must(parseAddress(address));
  const fetching = createFetching({ clock: systemClock });
  const core = new TestCore({ clock, door, lines: [line], fetching, ...(kv && { kv }) });
  const connector: Connector = http.open(core.context(), settings);
  await connector.start();
  const names = (): readonly unknown[] =>
    core.distinct.flatMap((event) => (event.kind === 'chat' ? [[event.chat.chat, event.chat.name]] : []));
  const due = (): number => [...core.kv.keys()].filter((key) => key.startsWith('profile/due/')).length;
  return {
    ...{ core, line, clock, names, due },
    settled: () => until('nobody is to be asked for', () => due() === 0),
    [Symbol.asyncDispose]: async () => {
      await connector.stop(5_000);
      expect(clock.timers).toBe(0);
      await fetching[Symbol.asyncDispose]();
    },
  };
}

describe('a customer of a provider whose calls tell no name', () => {
  test('is asked for once the message is on record, and not again on that day', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    sim.names.set(user, ' Ann Lee ');
    await using line = await house('line', { door, api: sim.url });
    await sim.writes(user, 'Hello');
    await until('the name is told', () => line.names().length === 1);
    expect(line.core.events).toMatchObject([
      { kind: 'message', message: { text: 'Hello' } },
      { kind: 'chat', chat: { line: line.line, chat: user, name: 'Ann Lee' } },
    ]);
    expect(Buffer.from(line.core.events[1]?.raw ?? []).toString()).toContain('"statusMessage"');
    line.clock.advance(DAY_MS - 1);
    await sim.writes(user, 'Are you there?');
    await sim.writes(other, 'Hi');
    await line.settled();
    expect(sim.profilesAsked).toEqual([user, other]);
    expect(line.core.unkept).toEqual([]);
  });

  test('is asked for again with the first message of another day, and a name is told when it is another', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    sim.names.set(user, 'Ann');
    await using line = await house('line', { door, api: sim.url });
    const hears = async (days: number): Promise<void> => {
      line.clock.advance(days * DAY_MS);
      await sim.writes(user, 'Hello');
      await line.settled();
    };
    await hears(0);
    await hears(1);
    expect(sim.profilesAsked).toHaveLength(2);
    sim.names.set(user, 'Ann Lee');
    await hears(1);
    sim.names.delete(user);
    await hears(1);
    expect(line.names()).toEqual([
      [user, 'Ann'],
      [user, 'Ann Lee'],
    ]);
    // What was erased meanwhile has a name again.
    sim.names.set(user, 'Ann Lee');
    await hears(31);
    expect(line.names()).toHaveLength(3);
  });

  test('who lets no name be known is called by the id, and is not asked for with each message', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    await using line = await house('line', { door, api: sim.url });
    for (const text of ['one', 'two', 'three']) {
      await sim.writes(user, text);
      await line.settled();
    }
    expect(line.core.heard).toEqual(['one', 'two', 'three']);
    expect(line.names()).toEqual([]);
    expect(sim.profilesAsked).toEqual([user]);
  });

  test.each([
    ['answers with an error', 503, 'application/json', '{"displayName":"Mallory"}'],
    ['is down behind a web page', 200, 'text/html', '<html>{"displayName":"Mallory"}</html>'],
    ['does not take the token', 401, 'application/json', '{"message":"Authentication failed"}'],
    ['wants to be asked less', 429, 'application/json', '{}'],
  ])('has the message at once, and the name later, where the provider %s', async (_what, status, type, body) => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    let says = { status, type, body };
    let asked = 0;
    await using peer = await httpPeer((request, response) => {
      if (request.url === `/v2/bot/profile/${user}`) asked += 1;
      response.writeHead(says.status, { 'content-type': says.type }).end(says.body);
    });
    await using line = await house('line', { door, api: peer.url });
    await sim.writes(user, 'Hello');
    expect(line.core.heard).toEqual(['Hello']);
    await until('asked for', () => asked === 1);
    await sim.writes(user, 'Still there?');
    says = { status: 200, type: 'application/json', body: '{"displayName":"Ann"}' };
    await until('the name came', () => {
      line.clock.advance(30_000);
      return line.names().length > 0;
    });
    expect(line.names()).toEqual([[user, 'Ann']]);
    expect(asked).toBe(2);
  });

  test('is given up for that time after eight questions that nobody answered, and asked for with the next message', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    let asked = 0;
    await using peer = await httpPeer((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await using line = await house('line', { door, api: peer.url });
    await sim.writes(user, 'Hello');
    await until('it is given up', () => {
      line.clock.advance(60_000);
      return line.due() === 0;
    });
    const before = asked;
    await sim.writes(user, 'Hello?');
    expect(line.due()).toBe(1);
    await until('it is asked for again', () => {
      line.clock.advance(60_000);
      return asked > before;
    });
  });

  test('is asked for by the next process where this one died before the answer', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    sim.names.set(user, 'Ann');
    sim.answers = false;
    const kv = new Map<string, Uint8Array>();
    {
      await using line = await house('line', { door, api: sim.url, kv });
      await sim.writes(user, 'Hello');
      await until('asked for', () => sim.profilesAsked.length === 1);
      line.core.kill();
      sim.cut();
    }
    await using line = await house('line', { door, api: sim.url, kv });
    await until('the name is told', () => line.names().length === 1);
    expect(line.names()).toEqual([[user, 'Ann']]);
  });

  test('is called by the id where the answer is larger than any name', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    const body = JSON.stringify({ displayName: 'Ann', more: 'x'.repeat(64 * 1_024) });
    await using peer = await httpPeer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(body);
    });
    await using line = await house('line', { door, api: peer.url });
    await sim.writes(user, 'Hello');
    await line.settled();
    expect(line.names()).toEqual([]);
    expect([...line.core.kv.keys()]).toContainEqual(expect.stringContaining('profile/asked/'));
  });

  test('in a group is not asked for: the chat is not theirs', async () => {
    await using door = await Door.make();
    await using sim = await startLine({ webhookUrl: () => door.url, ...secrets });
    sim.names.set(user, 'Ann');
    await using line = await house('line', { door, api: sim.url });
    await sim.event(user, sim.message({ type: 'text', text: 'Hi' }), 'Ca56f94637cabcdefabcdefabcdefabcd');
    expect(line.core.heard).toEqual(['Hi']);
    expect(line.due()).toBe(0);
    expect(sim.profilesAsked).toEqual([]);
  });

  test('on Messenger has a first and a last name, or the one that there is', async () => {
    await using door = await Door.make();
    await using sim = await startMessenger({ webhookUrl: () => door.url, token: 't', appSecret: 'a' });
    sim.names.set(psid, ['Ann', 'Lee']).set('254459876543211', ['Bo', '']);
    await using line = await house('messenger', { door, api: sim.url });
    await sim.writes(psid, 'Hello');
    await sim.writes('254459876543211', 'Hello');
    await sim.writes('254459876543212', 'Hello');
    await line.settled();
    expect(line.names()).toEqual([
      [psid, 'Ann Lee'],
      ['254459876543211', 'Bo'],
    ]);
  });
});
