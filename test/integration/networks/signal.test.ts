/** The connector against the simulated signal-cli, over sockets. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseAddress, parsePosition, type Address } from '../../../src/core/ids.ts';
import type { Connector, FileFetched, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { signal } from '../../../src/networks/signal/signal.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../../support/carrier.ts';
import { uuidOf, type SimPerson } from '../../support/simulators/signal/people.ts';
import { startSignal, type SignalOptions, type SimulatedSignal } from '../../support/simulators/signal/simulator.ts';

const line = must(parseAddress('+12025550100'));
const second = must(parseAddress('+12025550101'));
const ann = must(parseAddress('+12025550199'));
const groupId = must(parseAddress('Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI='));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function house(options: SignalOptions = {}): Promise<SimulatedSignal> {
  const made = await startSignal(options);
  open.push(made);
  return made;
}

interface Running {
  readonly core: TestCore;
  readonly connector: Connector;
}

interface Given {
  readonly daemon: string;
  readonly lines?: readonly Address[];
  readonly kv?: Map<string, Uint8Array>;
  readonly more?: object;
  readonly state?: string;
}

async function run({ daemon, lines = [line], kv, more = {}, state = 'connected' }: Given): Promise<Running> {
  const fetching = createFetching({ clock: systemClock, fetchFrom: [] });
  const core = new TestCore({ lines, fetching, ...(kv === undefined ? {} : { kv }) });
  const config = { daemon, sendTimeout: '2s', reconnect: { first: '20ms', most: '50ms' }, ...more };
  const connector = signal.open(core.context(), config);
  open.push({
    [Symbol.asyncDispose]: async () => {
      await connector.stop(1_000);
      await fetching[Symbol.asyncDispose]();
    },
  });
  await connector.start();
  await until(state, () => core.state === state);
  return { core, connector };
}

function outbound(text: string, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return { position: must(parsePosition(1)), attempt: 1, from: line, to: ann, text, ...more };
}

function alertsOf(core: TestCore): readonly string[] {
  return core.events.flatMap((event) => (event.kind === 'account' ? [event.alert] : []));
}

describe.each(['tcp', 'http'] as const)('over %s', (by) => {
  test('a burst of 1,000 from many people is recorded whole and in order, with receipts between', async () => {
    const signalHouse = await house();
    const { core } = await run({ daemon: signalHouse[by] });
    const people = Array.from({ length: 10 }, (_, i) => signalHouse.customer(`+1202555${String(1_000 + i)}`));
    const said: string[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      const text = `text ${String(i)}`;
      said.push(text);
      people[i % 10]?.says({ text }).catch(() => undefined);
      if (i % 100 === 0) people[0]?.receipt('delivery', [1_700_000_000_000 + i]).catch(() => undefined);
    }
    await until('all', () => core.heard.length === 1_000 && core.updates.length === 10);
    expect(core.heard).toEqual(said);
    expect(new Set(core.events.map(({ id }) => id)).size).toBe(core.events.length);
  });

  test('while nothing can be recorded Signal keeps what comes, and it is heard once afterwards', async () => {
    const signalHouse = await house();
    const { core } = await run({ daemon: signalHouse[by] });
    const customer = signalHouse.customer(ann);
    const [account] = signalHouse.daemon.accounts;
    if (account === undefined) throw new Error('no account');
    core.gate = () => Promise.reject(new Error('disk full'));
    customer.says({ text: 'first' }).catch(() => undefined);
    await until('the record to refuse', () => core.logged.some((one) => one.startsWith('signal.record-refused')));
    await until('Signal to keep the next', () => {
      customer.says({ text: 'kept' }).catch(() => undefined);
      return signalHouse.daemon.kept(account) > 0;
    });
    core.gate = () => Promise.resolve();
    await until('Signal to keep nothing', () => signalHouse.daemon.kept(account) === 0);
    await until('all heard', () => core.heard.length > 1);
    expect(core.heard[0]).toBe('first');
    expect(core.heard.slice(1).every((text) => text === 'kept')).toBe(true);
  });

  test('what the record refuses for ever is on record as its bytes, and the next goes on', async () => {
    const signalHouse = await house();
    const { core } = await run({ daemon: signalHouse[by] });
    core.gate = (events) =>
      events.some((event) => event.kind === 'message' && event.message.text === 'poison')
        ? Promise.reject(new Error('not a body'))
        : Promise.resolve();
    const customer = signalHouse.customer(ann);
    for (const text of ['before', 'poison', 'after']) customer.says({ text }).catch(() => undefined);
    await until('the next', () => core.heard.includes('after'), 25_000);
    expect(core.heard).toEqual(['before', 'after']);
    expect(core.events.map(({ kind }) => kind)).toEqual(['message', 'unsupported', 'message']);
  });

  test('a changed safety number fails the message in words and alerts compliance once', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse[by] });
    const customer = signalHouse.customer(ann);
    customer.says({ text: 'Hi' }).catch(() => undefined);
    await until('it', () => core.heard.length === 1);
    customer.person.untrusted = true;
    for (const text of ['one', 'two']) {
      await expect(connector.send(outbound(text))).resolves.toMatchObject({
        state: 'failed',
        reason: 'provider-refused',
        detail: 'the safety number changed; an admin must trust it first',
      });
    }
    const ids = new Set(core.events.filter(({ kind }) => kind === 'account').map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(alertsOf(core)[0]).toContain('signal-cli -a +12025550100 trust -v <safety number> +12025550199');
    customer.person.untrusted = false;
    await expect(connector.send(outbound('three'))).resolves.toMatchObject({ state: 'sent' });
  });

  test('a challenge holds the line back for as long as Signal says, and compliance hears how to end it', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse[by] });
    signalHouse.customer(ann);
    signalHouse.daemon.challenge = { token: 'challenge-token', retryAfterSeconds: 3_600 };
    await expect(connector.send(outbound('one'))).resolves.toMatchObject({
      state: 'retry',
      scope: 'line',
      reason: 'rate-limited',
      afterMs: 3_600_000,
    });
    expect(alertsOf(core)[0]).toContain('submitRateLimitChallenge --challenge challenge-token');
    expect(core.logged.join('\n')).not.toContain('challenge-token');
  });

  test('who is not on Signal, an outage and a lost account are told apart', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse[by] });
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'failed', reason: 'bad-address' });
    signalHouse.customer(ann);
    signalHouse.daemon.outage = 'never';
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'retry', reason: 'provider-down' });
    signalHouse.daemon.outage = 'midway';
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'unknown' });
    signalHouse.daemon.outage = undefined;
    signalHouse.daemon.unregistered = true;
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'retry', reason: 'bad-credentials' });
    expect(core.state).toBe('logged-out');
  });

  test('styles, quotes, files and edits go out as signal-cli wants them', async () => {
    const signalHouse = await house();
    const { connector } = await run({ daemon: signalHouse[by] });
    signalHouse.customer(ann);
    const marks = [{ as: 'bold', start: 0, length: 4 }] as const;
    const result = await connector.send(outbound('Bold', { marks }));
    const [sent] = signalHouse.daemon.store.sent;
    expect(sent).toMatchObject({ text: 'Bold', styles: ['0:4:BOLD'] });
    if (result.state !== 'sent') throw new Error('not sent');
    const change = { position: must(parsePosition(2)), from: line, to: ann, ids: result.ids, by: line };
    await connector.edit?.({ ...change, text: 'Bolder', caption: false });
    expect(sent).toMatchObject({ text: 'Bolder', styles: [] });
    expect(signalHouse.daemon.refused).toEqual([]);
  });

  test('who is called in a group is called there, beside styles and behind what is spelled out, and again by an edit', async () => {
    const signalHouse = await house();
    const { connector } = await run({ daemon: signalHouse[by] });
    const members = [signalHouse.customer(ann).person, ...signalHouse.daemon.accounts];
    signalHouse.daemon.people.groups.push({ id: groupId, name: 'Family', revision: 1, members });
    const marks = [
      { as: 'link', start: 0, length: 4, href: 'https://a.example/' },
      { as: 'bold', start: 5, length: 7 },
      { as: 'mention', start: 5, length: 7, address: ann },
    ] as const;
    const result = await connector.send(outbound('Here Ann Lee', { to: groupId, marks }));
    const [sent] = signalHouse.daemon.store.sent;
    const text = 'Here (https://a.example/) Ann Lee';
    expect(sent).toMatchObject({ text, styles: ['26:7:BOLD'], mentions: [`26:7:${ann}`] });
    if (result.state !== 'sent') throw new Error('not sent');
    const change = { position: must(parsePosition(2)), from: line, to: groupId, ids: result.ids, by: line };
    const calls = [{ as: 'mention', start: 4, length: 3, address: ann }] as const;
    await connector.edit?.({ ...change, text: 'And Ann', marks: calls, caption: false });
    expect(sent).toMatchObject({ text: 'And Ann', styles: [], mentions: [`4:3:${ann}`] });
    expect(signalHouse.daemon.refused).toEqual([]);
  });

  test('who is called in a chat of two is named', async () => {
    const signalHouse = await house();
    const { connector } = await run({ daemon: signalHouse[by] });
    signalHouse.customer(ann);
    await connector.send(outbound('Ann', { marks: [{ as: 'mention', start: 0, length: 3, address: ann }] }));
    expect(signalHouse.daemon.store.sent).toMatchObject([{ text: 'Ann', mentions: [] }]);
  });

  test('a receipt for an edit speaks of the message', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse[by] });
    const customer = signalHouse.customer(ann);
    const result = await connector.send(outbound('one'));
    if (result.state !== 'sent') throw new Error('not sent');
    const change = { position: must(parsePosition(2)), from: line, to: ann, ids: result.ids, by: line };
    await connector.edit?.({ ...change, text: 'two', caption: false });
    customer.receipt('read', signalHouse.daemon.store.sent[0]?.edits ?? []).catch(() => undefined);
    await until('the receipt', () => core.updates.length === 1);
    expect(core.updates[0]).toMatchObject({ remoteId: result.ids[0], state: 'read', by: ann });
  });

  test('groups come with name and members and are answered; reading tells each writer', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse[by] });
    const [first, other] = [signalHouse.customer(ann), signalHouse.customer('+12025550155', 'Bob')];
    const members = [first.person, other.person, ...signalHouse.daemon.accounts];
    const group = { id: groupId, name: 'Family', revision: 1, members };
    signalHouse.daemon.people.groups.push(group);
    first.says({ text: 'one', group }).catch(() => undefined);
    other.says({ text: 'two', group }).catch(() => undefined);
    first.says({ text: 'three', group }).catch(() => undefined);
    await until('all', () => core.heard.length === 3);
    const [message] = core.events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
    expect(message?.group?.members?.map(({ address }) => address)).toEqual([ann, '+12025550155']);
    await expect(connector.send(outbound('to all', { to: groupId }))).resolves.toMatchObject({ state: 'sent' });
    expect(signalHouse.daemon.store.sent.at(-1)).toMatchObject({ to: groupId, text: 'to all' });
    const newest = core.events.at(-1);
    const id = newest?.kind === 'message' ? newest.message.remoteId : undefined;
    if (id === undefined) throw new Error('no id');
    await connector.markRead?.({ from: line, to: groupId, id, by: ann });
    expect(signalHouse.daemon.store.told).toMatchObject([
      { what: 'receipt', to: ann, type: 'read', sentAt: [expect.any(Number), first.newestSentAt] },
      { what: 'receipt', to: '+12025550155', sentAt: [other.newestSentAt] },
    ]);
  });

  test('a number, a uuid and a user name are resolved, and others are told why not', async () => {
    const signalHouse = await house();
    const { connector } = await run({ daemon: signalHouse[by] });
    const { person } = signalHouse.customer(ann);
    await expect(connector.resolve?.('+1 (202) 555-0199')).resolves.toEqual({ ok: true, value: { address: ann } });
    await expect(connector.resolve?.(person.uuid)).resolves.toMatchObject({ ok: true, value: { address: ann } });
    await expect(connector.resolve?.('+12025550111')).resolves.toMatchObject({ ok: false });
    await expect(connector.resolve?.('Ann')).resolves.toMatchObject({ ok: false });
  });
});

describe('a daemon', () => {
  test('with one account takes no account, over a unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signal-'));
    open.push({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
    const unixPath = join(folder, 'socket');
    const signalHouse = await house({ multi: false, unixPath });
    const { core, connector } = await run({ daemon: `unix://${unixPath}` });
    signalHouse
      .customer(ann)
      .says({ text: 'Hi' })
      .catch(() => undefined);
    await until('it', () => core.heard.length === 1);
    await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ state: 'sent' });
    expect(signalHouse.daemon.refused).toEqual(['-32601 Method not implemented']);
  });

  test('with accounts that are no lines of ours is not emptied of their messages', async () => {
    const signalHouse = await house({ accounts: [line, second] });
    const { core } = await run({ daemon: signalHouse.tcp });
    const [, stranger] = signalHouse.daemon.accounts;
    if (stranger === undefined) throw new Error('no account');
    const envelope = { sourceNumber: ann, sourceUuid: uuidOf(9), timestamp: 1_700_000_000_000, dataMessage: {} };
    signalHouse.daemon.receive(stranger, { envelope }).catch(() => undefined);
    signalHouse
      .customer(ann)
      .says({ text: 'for us' })
      .catch(() => undefined);
    await until('ours', () => core.heard.length === 1);
    expect(signalHouse.daemon.kept(stranger)).toBe(1);
  });

  test('without the account of our line says so', async () => {
    const signalHouse = await house({ accounts: [second] });
    const { core } = await run({ daemon: signalHouse.tcp, state: 'logged-out' });
    expect(core.states.at(-1)?.detail).toBe('signal-cli has no account of our lines: register or link them there');
  });

  test('without the account of one of two lines serves the other', async () => {
    const signalHouse = await house({ accounts: [line] });
    const { core } = await run({ daemon: signalHouse.tcp, lines: [line, second], state: 'degraded' });
    signalHouse
      .customer(ann)
      .says({ text: 'Hi' })
      .catch(() => undefined);
    await until('it', () => core.heard.length === 1);
    expect(core.states.at(-1)?.detail).toMatch(/every line/u);
  });

  test('that does not hand over what comes in on one of two lines is asked for it again', async () => {
    const signalHouse = await house({ accounts: [line, second] });
    signalHouse.daemon.failsStreams = 1;
    const { core } = await run({ daemon: signalHouse.http, lines: [line, second], state: 'degraded' });
    expect(core.states.at(-1)?.detail).toMatch(/some of the lines: they are asked for again/u);
    await until('both lines', () => core.state === 'connected');
    signalHouse
      .customer(ann)
      .says({ text: 'Hi' })
      .catch(() => undefined);
    await until('it', () => core.heard.length === 1);
  });

  test('that receives by itself is told to the admin, and nothing is heard twice', async () => {
    const signalHouse = await house({ receiveMode: 'on-start' });
    const { core } = await run({ daemon: signalHouse.tcp });
    signalHouse
      .customer(ann)
      .says({ text: 'Hi' })
      .catch(() => undefined);
    await until('both', () => core.events.length === 2);
    expect(core.heard).toEqual(['Hi']);
    expect(core.states.at(-1)).toMatchObject({
      name: 'degraded',
      detail: expect.stringContaining('--receive-mode=manual'),
    });
  });

  test('that is away is tried again until it is there', async () => {
    const signalHouse = await house();
    const { core } = await run({ daemon: signalHouse.tcp });
    signalHouse.cut();
    await until('away', () => core.states.filter(({ name }) => name === 'connecting').length > 1);
    await until('back', () => core.state === 'connected');
    signalHouse
      .customer(ann)
      .says({ text: 'Hi' })
      .catch(() => undefined);
    await until('it', () => core.heard.length === 1);
    expect(core.states.at(-1)).toEqual({ name: 'connected' });
  });
});

describe('killed between hand and record', () => {
  async function killedWith(by: 'tcp' | 'http', options: SignalOptions = {}) {
    const signalHouse = await house(options);
    const { core, connector } = await run({ daemon: signalHouse[by] });
    const customer = signalHouse.customer(ann);
    customer.says({ text: 'recorded' }).catch(() => undefined);
    await until('the first', () => core.heard.length === 1);
    const asked = Promise.withResolvers<undefined>();
    core.gate = async () => {
      asked.resolve(undefined);
      await Promise.withResolvers<undefined>().promise;
    };
    customer.says({ text: 'in hand' }).catch(() => undefined);
    await asked.promise;
    const kv = new Map(core.kv);
    core.kill();
    await connector.stop(100);
    customer.says({ text: 'while away' }).catch(() => undefined);
    const next = await run({ daemon: signalHouse[by], kv });
    await until('what came while away', () => next.core.heard.includes('while away'));
    return next.core.heard;
  }

  test('over HTTP with numbered events nothing is lost', async () => {
    expect(await killedWith('http')).toEqual(['in hand', 'while away']);
  });

  test('over HTTP without numbers, and over a socket, what was in hand is lost and nothing else', async () => {
    expect(await killedWith('http', { numbersEvents: false })).toEqual(['while away']);
    expect(await killedWith('tcp')).toEqual(['while away']);
  });

  test('after a commit that was said to have failed everything is heard once', async () => {
    const signalHouse = await house();
    const { core } = await run({ daemon: signalHouse.http });
    core.failAfterCommit = 2;
    signalHouse
      .customer(ann)
      .says({ text: 'once' })
      .catch(() => undefined);
    await until('again', () => core.events.length === 3);
    expect(core.heard).toEqual(['once']);
  });
});

describe('files', () => {
  async function fetched(connector: Connector, event: NetworkEvent | undefined, maxBytes = 1_000_000) {
    const [attachment] = event?.kind === 'message' ? (event.message.attachments ?? []) : [];
    if (attachment === undefined) throw new Error('no file');
    const pieces: Uint8Array[] = [];
    const into = (piece: Uint8Array): Promise<void> => {
      pieces.push(piece);
      return Promise.resolve();
    };
    const state: FileFetched | undefined = await connector.fetchFile?.({
      attachment,
      maxBytes,
      signal: new AbortController().signal,
      into,
    });
    return { state, bytes: Buffer.concat(pieces) };
  }

  test("are read from signal-cli's folder where it is named, of any size", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signal-'));
    open.push({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse.tcp, more: { attachments: folder } });
    const bytes = Buffer.alloc(300_000, 7);
    signalHouse
      .customer(ann)
      .says({ text: '', files: [{ type: 'image/png', bytes }] })
      .catch(() => undefined);
    await until('it', () => core.events.length === 1);
    expect((await fetched(connector, core.events[0])).state).toMatchObject({ state: 'gone' });
    for (const id of signalHouse.daemon.store.files.keys()) await writeFile(join(folder, id), bytes);
    const whole = await fetched(connector, core.events[0]);
    expect(whole.state).toEqual({ state: 'fetched' });
    expect(whole.bytes.equals(bytes)).toBe(true);
    expect((await fetched(connector, core.events[0], 1_000)).state).toEqual({ state: 'too-large' });
  });

  test('stickers come from their pack', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse.tcp });
    signalHouse.daemon.store.files.set('a0b1:3', Buffer.from('RIFF'));
    signalHouse
      .customer(ann)
      .says({ text: null, more: { sticker: { packId: 'a0b1', stickerId: 3 } } })
      .catch(() => undefined);
    await until('it', () => core.events.length === 1);
    expect((await fetched(connector, core.events[0])).bytes.toString()).toBe('RIFF');
  });

  test('a name that leaves the folder is never followed', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse.tcp, more: { attachments: '/etc' } });
    const attachments = [{ contentType: 'text/plain', id: '../etc/passwd', filename: null, size: 1 }];
    signalHouse
      .customer(ann)
      .says({ text: null, more: { attachments } })
      .catch(() => undefined);
    await until('it', () => core.events.length === 1);
    expect((await fetched(connector, core.events[0])).state).toMatchObject({ state: 'gone' });
  });
});

describe('a person', () => {
  test('who shows the number later goes on in the same chat', async () => {
    const signalHouse = await house();
    const { core, connector } = await run({ daemon: signalHouse.http });
    const person: SimPerson = { number: '+12025550177', uuid: uuidOf(77), name: 'Cy', hidesNumber: true };
    signalHouse.daemon.people.add(person);
    const customer = signalHouse.customer(person.number);
    customer.says({ text: 'one' }).catch(() => undefined);
    await until('one', () => core.heard.length === 1);
    const to = must(parseAddress(person.uuid));
    await expect(connector.send(outbound('Hello', { to }))).resolves.toMatchObject({ state: 'sent' });
    person.hidesNumber = false;
    customer.says({ text: 'two' }).catch(() => undefined);
    await until('two', () => core.heard.length === 2);
    expect(core.events.map((event) => (event.kind === 'chat' ? event.chat : event.kind))).toEqual([
      'message',
      { line, chat: person.uuid, movedTo: person.number },
      'message',
    ]);
  });
});
