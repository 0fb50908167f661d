import { afterEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import { maxStanzaBytes } from '../../../src/networks/xmpp/xml/stream-reader.ts';
import { xmpp } from '../../../src/networks/xmpp/xmpp.ts';
import { countedClock } from '../../contract/networks/counted-clock.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { componentDomain, componentSecret } from '../../support/xmpp/prosody.ts';
import { scriptedServer, type ScriptedServer } from '../../support/xmpp/scripted-server.ts';

const line = must(parseAddress(`sales@${componentDomain}`));
const bob = must(parseAddress('bob@chat.example'));
const from = `from='bob@chat.example/x' to='${line}' type='chat'`;

interface Given {
  readonly server: ScriptedServer;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly lines?: readonly string[];
}

/** Where an answer is waited for in vain; wherever one comes, it has the time that it needs. */
const inVain = { answerTimeout: '250ms', connectTimeout: '500ms' };

describe('the stream of an XMPP component', () => {
  const opened: { connector: Connector; server: ScriptedServer }[] = [];

  afterEach(async () => {
    for (const { connector, server } of opened.splice(0)) {
      await connector.stop(300);
      await server[Symbol.asyncDispose]();
    }
  });

  async function open({ server, config = {} }: Given): Promise<{ connector: Connector; core: TestCore }> {
    const core = new TestCore({ lines: [line], clock: countedClock() });
    const connector = xmpp.open(core.context(), {
      ...{ host: '127.0.0.1', port: server.port, domain: componentDomain, secret: componentSecret },
      ...{ server: 'chat.example', uploadService: 'upload.chat.example' },
      reconnect: { first: '10ms', most: '20ms', conflict: '20ms' },
      ...config,
    });
    opened.push({ connector, server });
    await connector.start();
    return { connector, core };
  }

  async function connected(given: Given): Promise<{ connector: Connector; core: TestCore }> {
    const house = await open(given);
    await until('connected', () => house.core.state === 'connected');
    return house;
  }

  test('shakes hands with the secret, which goes over no wire', async () => {
    const server = await scriptedServer();
    await connected({ server });
    expect(server.shaken).toBe(true);
    expect(server.heard).toContain(`to='${componentDomain}'`);
    expect(server.heard).not.toContain(componentSecret);
  });

  test.each([
    ['not-authorized', 'bad-credentials', 'check secret'],
    ['host-unknown', 'connecting', 'no component sms.example'],
    ['conflict', 'connecting', 'connected already'],
    ['system-shutdown', 'connecting', 'system-shutdown'],
  ])('a stream that ends with %s says what to do', async (condition, state, words) => {
    const fault = `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`;
    const server = await scriptedServer({ accept: fault });
    const { core } = await open({ server });
    await until(state, () => core.states.some(({ name, detail }) => name === state && (detail ?? '').includes(words)));
    const tries = state === 'bad-credentials' ? 1 : 2;
    await until('another try', () => server.connections >= tries);
    expect(server.connections).toBeGreaterThanOrEqual(tries);
  });

  test('a server that never answers is given up, and tried again', async () => {
    const server = await scriptedServer({ greet: '' });
    const { core } = await open({ server, config: inVain });
    await until('another try', () => server.connections > 1);
    expect(core.states.some(({ name }) => name === 'connected')).toBe(false);
  });

  test.each([
    ['a document type', "<!DOCTYPE x [<!ENTITY lol 'lol'>]>", 'restricted-xml'],
    ['an entity', `<message ${from}><body>&lol;</body></message>`, 'restricted-xml'],
    ['a comment', '<!-- hi -->', 'restricted-xml'],
    ['broken XML', '<message></iq>', 'not-well-formed'],
    ['a stanza too large', `<message ${from}><body>${'x'.repeat(maxStanzaBytes)}`, 'policy-violation'],
  ])('%s ends the stream with the reason, and it comes back', async (_what, xml, condition) => {
    const server = await scriptedServer();
    const { core } = await connected({ server });
    server.write(xml);
    await until('the reason', () => server.everHeard.includes(`<stream:error><${condition}`));
    await until(
      'it back',
      () => server.connections > 1 && core.states.filter(({ name }) => name === 'connected').length > 1,
    );
    server.write(`<message ${from} id='1'><body>after</body></message>`);
    await until('what comes after', () => core.texts.includes('after'));
    expect(core.texts).toEqual(['after']);
  });

  test('characters that are cut in two by the network are whole again', async () => {
    const server = await scriptedServer();
    const { core } = await connected({ server });
    const bytes = Buffer.from(`<message ${from} id='1'><body>ü😀é</body></message>`);
    for (const byte of bytes) {
      server.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('the text', () => core.texts.length === 1);
    expect(core.texts).toEqual(['ü😀é']);
    expect(core.events[0]?.raw).toEqual(new Uint8Array(bytes));
  });

  test('while the record is slow no more than 64 stanzas are read, and none is lost', async () => {
    const server = await scriptedServer();
    const { core } = await connected({ server });
    const commit = Promise.withResolvers<undefined>();
    let asked = 0;
    core.gate = async () => {
      asked += 1;
      await commit.promise;
    };
    const people = Array.from(
      { length: 300 },
      (_, n) =>
        `<message from='p${String(n)}@x/y' to='${line}' id='1'><body>${String(n)} ${'x'.repeat(4_000)}</body></message>`,
    );
    for (const text of people) server.write(text);
    await until('many', () => asked >= 64);
    // In the time in which as much is read, recorded and done with on another stream, nothing more is read of this one.
    const other = { server: await scriptedServer() };
    const { core: otherCore } = await connected(other);
    for (const text of people) other.server.write(text);
    await until('all of the other stream', () => otherCore.texts.length === 300);
    // What had come in one piece with the 64th is there too.
    expect(asked).toBeLessThan(64 + 65_536 / 4_000);
    commit.resolve(undefined);
    await until('all', () => core.texts.length === 300);
  });

  test('a server that goes silent is left', async () => {
    const server = await scriptedServer();
    const { core } = await connected({ server, config: { ...inVain, askAfter: '50ms' } });
    server.echo = false;
    await until('another connection', () => server.connections > 1);
    expect(core.logged.join('')).toContain('xmpp.silent');
  });

  test('a text that the server did not confirm in time may have been sent', async () => {
    const server = await scriptedServer();
    const { connector } = await connected({ server, config: inVain });
    server.echo = false;
    const message = { position: must(parsePosition(1)), attempt: 1, from: line, to: bob, text: 'hello' };
    await expect(connector.send(message)).resolves.toMatchObject({ state: 'unknown', ids: [expect.any(String)] });
  });

  test('a server that sends our ping back under another name confirms nothing', async () => {
    const server = await scriptedServer();
    const { connector } = await connected({ server, config: inVain });
    server.echo = false;
    const message = { position: must(parsePosition(1)), attempt: 1, from: line, to: bob, text: 'hello' };
    const sending = connector.send(message);
    await until('the ping', () => /gh-ping-\d+/u.test(server.heard));
    const id = /id='(gh-ping-\d+)'/gu;
    for (const [, ping = ''] of server.heard.matchAll(id)) {
      server.write(`<iq from='mallory@chat.example' to='${componentDomain}' type='result' id='${ping}'/>`);
    }
    await expect(sending).resolves.toMatchObject({ state: 'unknown' });
  });

  test('a bounce that comes when the send is over says that it failed', async () => {
    const server = await scriptedServer();
    const { connector, core } = await connected({ server });
    const message = { position: must(parsePosition(7)), attempt: 1, from: line, to: bob, text: 'hello' };
    const result = await connector.send(message);
    const [remoteId = ''] = result.state === 'sent' ? result.ids : [];
    const error = "<error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    const id = remoteId.split('/')[2] ?? '';
    const bounce = (who: string) =>
      `<message type='error' from='${who}' to='${line}/gatehouse' id='${id}'>${error}</message>`;
    server.write(bounce('mallory@chat.example') + bounce('bob@chat.example'));
    await until('the failure', () => core.updates.length > 0);
    expect(core.updates).toMatchObject([{ remoteId, state: 'failed', code: 'remote-server-not-found' }]);
  });

  test.each([1, 2, 3, 4])('"later" from the server is believed, and not for ever (attempt %i)', async (attempt) => {
    const server = await scriptedServer();
    const { connector } = await connected({ server });
    server.echo = false;
    const sending = connector.send({
      position: must(parsePosition(7)),
      attempt: attempt + 1,
      from: line,
      to: bob,
      text: 'hello',
    });
    await until('the text and the ping behind it', () => /hello.*id='gh-ping-\d+'/su.test(server.heard));
    const id = /id='(gh-m7-[0-9a-f]+)'/u.exec(server.heard)?.[1] ?? '';
    const error = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    server.write(`<message type='error' from='bob@chat.example' to='${line}/gatehouse' id='${id}'>${error}</message>`);
    server.echo = true;
    server.write(/<iq [^>]*id='gh-ping-[^>]*>.*?<\/iq>(?!.*gh-ping-)/su.exec(server.heard)?.[0] ?? '');
    await expect(sending).resolves.toMatchObject(attempt < 4 ? { state: 'retry', scope: 'chat' } : { state: 'failed' });
  });

  test('what is under way when it must stop, and can not be recorded, is given back', async () => {
    const server = await scriptedServer();
    const { connector, core } = await connected({ server });
    let asked = false;
    core.gate = () => {
      asked = true;
      return Promise.reject(new Error('disk full'));
    };
    server.write(`<message ${from} id='back'><body>lost?</body></message>`);
    await until('the record to be asked', () => asked);
    await connector.stop(1_000);
    expect(server.heard).toMatch(/<message type='error'[^>]*id='back'.*resource-constraint/u);
    expect(core.texts).toEqual([]);
  });

  test('a line that is not of the component is refused by name', () => {
    const core = new TestCore({ lines: [must(parseAddress('sales@elsewhere.example'))] });
    const config = { host: 'x', domain: componentDomain, secret: 's' };
    expect(() => xmpp.open(core.context(), config)).toThrow('sales@elsewhere.example');
  });
});
