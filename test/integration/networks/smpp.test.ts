import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { decodePdu } from '../../../src/networks/smpp/codec/decode.ts';
import { FrameReader } from '../../../src/networks/smpp/codec/frames.ts';
import { shortMessage, type Pdu } from '../../../src/networks/smpp/codec/pdu.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until, type TestCarrier } from '../../support/carrier.ts';
import { smppPeer, type PeerPdu, type PeerSession } from '../../support/smpp-peer.ts';

const own = must(parseAddress('+12025550100'));
const customer = must(parseAddress('+12025550199'));
const fast = { reconnect: { first: '20ms', most: '50ms' }, perSecond: 1_000, responseTimeout: '2s' };

interface Joined extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
  send(text: string, position?: number): Promise<SendResult>;
}

async function join(port: number, more: Readonly<Record<string, unknown>> = {}): Promise<Joined> {
  const core = new TestCore();
  const connector = smpp.open(core.context(), { host: '127.0.0.1', port, ...carrierAccount, ...fast, ...more });
  await connector.start();
  return {
    core,
    connector,
    send: (text, position = 1) =>
      connector.send({ position: must(parsePosition(position)), attempt: 1, from: own, to: customer, text }),
    [Symbol.asyncDispose]: () => connector.stop(2_000),
  };
}

async function joined(carrier: TestCarrier, more: Readonly<Record<string, unknown>> = {}): Promise<Joined> {
  const rig = await join(carrier.port, more);
  await until('bound', () => rig.core.state === 'connected');
  return rig;
}

describe('against the simulated carrier', () => {
  test('texts go both ways, long ones whole, and receipts come', async () => {
    await using carrier = await startCarrier({ receipts: { delayMs: 0 } });
    await using rig = await joined(carrier);
    const long = `${'Grüße '.repeat(60)}€`;
    const sent = await rig.send(long);
    expect(sent).toMatchObject({ state: 'sent' });
    await until('the receipts of all parts', () => rig.core.updates.at(-1)?.state === 'delivered');
    expect(carrier.texts().map((line) => line.text)).toEqual([long]);
    const id = carrier.carrier.deliver({ from: '+12025550199', to: '+12025550100', text: long });
    await expect(carrier.carrier.delivered(id)).resolves.toBe(true);
    expect(rig.core.texts).toEqual([long]);
  });

  test.each(['standard', 'tlv', 'hex', 'padded', 'openmarket', 'jasmin', 'lines'])(
    'a receipt in the form "%s" finds its message',
    async (form) => {
      await using carrier = await startCarrier({ receipts: { form, delayMs: 0 } });
      await using rig = await joined(carrier);
      const sent = await rig.send('Hello');
      await until('the receipt', () => rig.core.updates.length > 0);
      expect(rig.core.updates).toMatchObject([
        { state: 'delivered', matches: sent.state === 'sent' ? sent.ids : ['nothing was sent'] },
      ]);
    },
  );

  test('a receipt that comes before the answer finds its message too', async () => {
    await using carrier = await startCarrier({ delayMs: 100, receipts: { delayMs: 0, beforeAnswer: true } });
    await using rig = await joined(carrier);
    const sent = await rig.send('Hello');
    await until('the receipt', () => rig.core.updates.length > 0);
    expect(rig.core.updates[0]?.matches).toEqual(sent.state === 'sent' ? sent.ids : undefined);
  });

  test('"too fast" is tried again later; within a long text the rest follows and nothing goes twice', async () => {
    await using carrier = await startCarrier({ throttle: { every: 1 } });
    await using rig = await joined(carrier);
    await expect(rig.send('Hello')).resolves.toMatchObject({
      state: 'retry',
      scope: 'connector',
      reason: 'rate-limited',
    });
    carrier.setFaults({ throttle: { every: 3 } });
    const long = 'x'.repeat(300);
    await expect(rig.send(long, 2)).resolves.toMatchObject({ state: 'sent' });
    expect(carrier.texts().map((line) => line.text)).toEqual([long]);
  });

  test.each([
    [0x0b, 'bad-address'],
    [0x0a, 'sender-not-registered'],
    [0x01, 'too-long'],
    [0x45, 'provider-refused'],
    [0x401, 'provider-refused'],
  ])('a refusal with %i is certain: %s', async (code, reason) => {
    await using carrier = await startCarrier({ reject: [{ to: customer, status: code }] });
    await using rig = await joined(carrier);
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'failed', reason });
  });

  test('an answer that breaks off in the middle leaves the outcome unknown, and the session comes back', async () => {
    await using carrier = await startCarrier({ closeMidAnswer: { every: 1 } });
    await using rig = await joined(carrier);
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'unknown' });
    await until('bound again', () => rig.core.states.filter(({ name }) => name === 'connected').length === 2);
    carrier.setFaults({});
    await expect(rig.send('Again', 2)).resolves.toMatchObject({ state: 'sent' });
  });

  test('a long text of which some parts went is unknown, with their ids', async () => {
    await using carrier = await startCarrier({ closeMidAnswer: { every: 2 } });
    await using rig = await joined(carrier);
    const result = await rig.send('x'.repeat(300));
    expect(result).toMatchObject({ state: 'unknown', detail: expect.stringContaining('1 of 2 parts') });
    expect(result.state === 'unknown' && result.ids).toHaveLength(1);
  });

  test('a wrong password is told, and not tried again fast', async () => {
    await using carrier = await startCarrier();
    await using rig = await join(carrier.port, { password: 'wrong' });
    await until('the refusal', () => rig.core.state === 'bad-credentials');
    expect(rig.core.states.at(-1)?.detail).toContain('0x0E');
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'retry', reason: 'provider-down' });
    expect(carrier.lines().filter((line) => line.pdu === 'bind_transceiver')).toHaveLength(1);
  });

  test('more texts than the window holds all go, in order, and the carrier never sees more at a time', async () => {
    await using carrier = await startCarrier({ window: 3, delayMs: 5 });
    await using rig = await joined(carrier, { window: 3 });
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => rig.send(`text ${index}`, index + 1)));
    expect(results.every((result) => result.state === 'sent')).toBe(true);
    expect(carrier.texts().map((line) => line.text)).toEqual(Array.from({ length: 20 }, (_, index) => `text ${index}`));
  });

  test('a delivery that the carrier repeats in its session is heard again: nothing is ever dropped', async () => {
    await using carrier = await startCarrier({ duplicate: { every: 1 } });
    await using rig = await joined(carrier);
    const id = carrier.carrier.deliver({ from: '+12025550199', to: '+12025550100', text: 'ok' });
    await carrier.carrier.delivered(id);
    expect(rig.core.texts).toEqual(['ok', 'ok']);
  });
});

describe('against npm smpp as carrier', () => {
  test('we bind, send, get the receipt and hear the customer', async () => {
    const seen: PeerPdu[] = [];
    const sessions: PeerSession[] = [];
    const server = smppPeer.createServer((session) => {
      sessions.push(session);
      session.on('error', () => undefined);
      session.on('bind_transceiver', (pdu: PeerPdu) => {
        session.send(pdu.response({ system_id: 'npm' }));
      });
      session.on('submit_sm', (pdu: PeerPdu) => {
        seen.push(pdu);
        session.send(pdu.response({ message_id: 'AF' }));
      });
      session.on('enquire_link', (pdu: PeerPdu) => session.send(pdu.response()));
      session.on('unbind', (pdu: PeerPdu) => {
        session.send(pdu.response());
        session.close();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const rig = await join(address !== null && typeof address === 'object' ? address.port : 0);
    await until('bound', () => rig.core.state === 'connected');
    await expect(rig.send('Hello @ €')).resolves.toEqual({ state: 'sent', ids: ['AF'] });
    expect(seen[0]).toMatchObject({ destination_addr: '12025550199', short_message: { message: 'Hello @ €' } });
    const numbers = { source_addr_ton: 1, source_addr: '12025550199', destination_addr: '12025550100' };
    const answers: number[] = [];
    const answered = (pdu: PeerPdu): void => {
      answers.push(pdu.command_status);
    };
    sessions[0]?.deliver_sm({ ...numbers, short_message: 'Привет' }, answered);
    sessions[0]?.deliver_sm({ ...numbers, esm_class: 4, short_message: 'id:175 stat:DELIVRD err:000' }, answered);
    await until('both answers', () => answers.length === 2);
    expect(answers).toEqual([0, 0]);
    expect(rig.core.texts).toEqual(['Привет']);
    expect(rig.core.updates).toMatchObject([{ remoteId: '175', matches: ['AF'], state: 'delivered' }]);
    await rig.connector.stop(2_000);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
});

describe('npm smpp as client of our carrier', () => {
  test('binds, sends and is delivered to', async () => {
    await using carrier = await startCarrier({ receipts: { form: 'none' } });
    const session = await new Promise<PeerSession>((resolve) => {
      const made: PeerSession = smppPeer.connect({ host: '127.0.0.1', port: carrier.port }, () => {
        resolve(made);
      });
    });
    session.on('error', () => undefined);
    const bind = { system_id: carrierAccount.systemId, password: carrierAccount.password };
    const bound = await new Promise<PeerPdu>((resolve) => {
      session.bind_transceiver(bind, resolve);
    });
    expect(bound.command_status).toBe(0);
    const submit = { source_addr: '40404', dest_addr_ton: 1, destination_addr: '12025550199', short_message: 'Hi' };
    const sent = await new Promise<PeerPdu>((resolve) => {
      session.submit_sm(submit, resolve);
    });
    expect(sent.command_status).toBe(0);
    expect(carrier.texts()).toMatchObject([{ from: '40404', to: '12025550199', text: 'Hi' }]);
    session.on('deliver_sm', (pdu: PeerPdu) => session.send(pdu.response()));
    const id = carrier.carrier.deliver({ from: '+12025550199', to: '40404', text: 'Hello back' });
    await expect(carrier.carrier.delivered(id)).resolves.toBe(true);
    session.close();
  });
});

/** A socket that speaks PDUs as it likes. */
async function raw(port: number): Promise<{ write(octets: Buffer): void; answers: Pdu[]; closed(): boolean }> {
  const socket = net.connect(port, '127.0.0.1');
  const reader = new FrameReader();
  const answers: Pdu[] = [];
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  socket.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) {
      const decoded = decodePdu(frame);
      if (decoded.ok) answers.push(decoded.value);
    }
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
  });
  return { write: (octets) => socket.write(octets), answers, closed: () => closed };
}

describe('the carrier is strict', () => {
  const bind = (password: string): Buffer =>
    encodePdu({
      command: 'bind_transceiver',
      systemId: carrierAccount.systemId,
      password,
      systemType: '',
      interfaceVersion: 0x34,
      address: { ton: 0, npi: 0, value: '' },
      status: 0,
      sequence: 1,
    });
  const good = {
    command: 'submit_sm',
    source: { ton: 1, npi: 1, value: '12025550100' },
    destination: { ton: 1, npi: 1, value: '12025550199' },
  } as const;
  const submit = (more: Partial<Parameters<typeof shortMessage>[0]> = {}): Buffer =>
    encodePdu({ ...shortMessage({ ...good, shortMessage: Buffer.from('Hi'), ...more }), status: 0, sequence: 2 });

  test.each([
    ['a submit without a bind', 0x04, (): Buffer[] => [submit()]],
    ['a wrong password', 0x0e, (): Buffer[] => [bind('wrong')]],
    ['a second bind', 0x05, (): Buffer[] => [bind('secret08'), bind('secret08')]],
    ['a + in a number', 0x0b, () => [bind('secret08'), submit({ destination: { ton: 1, npi: 1, value: '+1202' } })]],
    ['a type of number', 0x50, () => [bind('secret08'), submit({ destination: { ton: 9, npi: 1, value: '1202' } })]],
    ['161 septets', 0x01, () => [bind('secret08'), submit({ shortMessage: Buffer.alloc(161, 0x41) })]],
    ['a data coding', 0x104, () => [bind('secret08'), submit({ dataCoding: 0x42 })]],
    ['a broken header', 0x43, () => [bind('secret08'), submit({ esmClass: 0x40, shortMessage: Buffer.from([0xff]) })]],
  ])('%s is refused with %i', async (_what, code, octets) => {
    await using carrier = await startCarrier();
    const peer = await raw(carrier.port);
    const sent = octets();
    for (const one of sent) peer.write(one);
    await until('the answers', () => peer.answers.length === sent.length);
    expect(peer.answers.at(-1)?.status).toBe(code);
  });

  test('garbage ends the connection, and the next client is served', async () => {
    await using carrier = await startCarrier();
    const peer = await raw(carrier.port);
    peer.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until('the end', () => peer.closed());
    await using rig = await joined(carrier);
    expect(rig.core.state).toBe('connected');
  });
});
