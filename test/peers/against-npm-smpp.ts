/** Our connector against a carrier of npm `smpp`, and its client against our simulated carrier. */
import assert from 'node:assert/strict';
import type { Server } from 'node:net';
import { must, parseAddress, parsePosition } from '../../src/core/ids.ts';
import type { Connector } from '../../src/core/ports/connector.ts';
import type { SendResult } from '../../src/core/ports/outbound.ts';
import { smpp } from '../../src/networks/smpp/smpp.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until } from '../support/carrier.ts';
import { smppPeer, type PeerPdu, type PeerSession } from '../support/smpp-peer.ts';
import type { CheckList } from './check-list.ts';

const from = must(parseAddress('+12025550100'));
const to = must(parseAddress('+12025550199'));
const numbers = { source_addr_ton: 1, source_addr: '12025550199', destination_addr: '12025550100' };
const delivered = 2;

/** A carrier that takes everything, and what it saw. */
class NpmCarrier {
  readonly seen: PeerPdu[] = [];
  readonly sessions = new Map<string, PeerSession>();
  readonly #server: Server;
  #id = 0xa0;

  constructor() {
    this.#server = smppPeer.createServer((session) => {
      session.on('error', () => undefined);
      session.on('pdu', (pdu: PeerPdu) => {
        this.#answer(pdu, session);
      });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  close(): void {
    this.#server.close();
  }

  of(command: string): PeerPdu[] {
    return this.seen.filter((pdu) => pdu.command === command);
  }

  #answer(pdu: PeerPdu, session: PeerSession): void {
    const { command } = pdu;
    if (command.endsWith('_resp')) return;
    this.seen.push(pdu);
    if (command.startsWith('bind_')) {
      this.sessions.set(command, session);
      session.send(pdu.response({ system_id: 'npm' }));
    } else if (command === 'submit_sm' || command === 'data_sm') {
      this.#id += 1;
      session.send(pdu.response({ message_id: this.#id.toString(16).toUpperCase() }));
    } else if (command === 'query_sm') {
      session.send(pdu.response({ message_id: pdu['message_id'], final_date: '', message_state: delivered }));
    } else {
      session.send(pdu.response());
      if (command === 'unbind') session.close();
    }
  }
}

function messageOf(value: unknown): string {
  assert.ok(typeof value === 'object' && value !== null && 'message' in value);
  return typeof value.message === 'string' ? value.message : '';
}

interface Joined {
  readonly core: TestCore;
  readonly connector: Connector;
  send(text: string): Promise<SendResult>;
}

let position = 0;

async function join(port: number, more: Readonly<Record<string, unknown>>): Promise<Joined> {
  const core = new TestCore({ lines: [from] });
  const connector = smpp.open(core.context(), { host: '127.0.0.1', port, ...carrierAccount, ...more });
  await connector.start();
  await until('bound', () => core.state === 'connected');
  return {
    core,
    connector,
    send: (text) => {
      position += 1;
      return connector.send({ position: must(parsePosition(position)), attempt: 1, from, to, text });
    },
  };
}

export async function againstNpmSmpp(list: CheckList): Promise<void> {
  await asItsEsme(list);
  await asItsCarrier(list);
}

async function asItsEsme(list: CheckList): Promise<void> {
  const carrier = new NpmCarrier();
  await carrier.listen();
  const long = 'A longer text needs parts. '.repeat(10);

  await list.check('npm smpp takes our transmitter and receiver, and reads sar_* as we meant it', async () => {
    const rig = await join(carrier.port, { bind: 'pair', longTexts: 'sar', query: true });
    assert.deepEqual(Array.from(carrier.sessions.keys()).sort(), ['bind_receiver', 'bind_transmitter']);
    const result = await rig.send(long);
    const parts = carrier.of('submit_sm');
    assert.deepEqual(
      parts.map((pdu) => [pdu['sar_total_segments'], pdu['sar_segment_seqnum']]),
      [
        [2, 1],
        [2, 2],
      ],
    );
    assert.equal(parts.map((pdu) => messageOf(pdu['short_message'])).join(''), long);
    const [id] = result.state === 'sent' ? result.ids : [];
    assert.ok(id !== undefined);
    assert.deepEqual(await rig.connector.query?.(id), { state: 'delivered', ids: [id] });
    await hearsItsParts(rig.core, carrier);
    await rig.connector.stop(2_000);
    assert.equal(carrier.of('unbind').length, 2);
  });

  await list.check('npm smpp reads our data_sm with its message_payload', async () => {
    const rig = await join(carrier.port, { submit: 'data_sm', longTexts: 'payload' });
    assert.equal((await rig.send(long)).state, 'sent');
    const [pdu] = carrier.of('data_sm');
    assert.equal(messageOf(pdu?.['message_payload']), long);
    assert.equal(pdu?.['destination_addr'], '12025550199');
    await rig.connector.stop(2_000);
  });
  carrier.close();
}

async function hearsItsParts(core: TestCore, carrier: NpmCarrier): Promise<void> {
  const receiver = carrier.sessions.get('bind_receiver');
  const answers: number[] = [];
  const answered = (pdu: PeerPdu): void => {
    answers.push(pdu.command_status);
  };
  const sar = { sar_msg_ref_num: 515, sar_total_segments: 2 };
  receiver?.deliver_sm({ ...numbers, ...sar, sar_segment_seqnum: 2, short_message: 'and the second.' }, answered);
  receiver?.deliver_sm({ ...numbers, ...sar, sar_segment_seqnum: 1, short_message: 'The first half ' }, answered);
  receiver?.deliver_sm({ ...numbers, message_payload: 'x'.repeat(300) }, answered);
  receiver?.data_sm({ ...numbers, message_payload: 'Привет' }, answered);
  await until('all answers', () => answers.length === 4);
  assert.deepEqual(answers, [0, 0, 0, 0]);
  assert.deepEqual(core.texts, ['The first half and the second.', 'x'.repeat(300), 'Привет']);
}

async function asItsCarrier(list: CheckList): Promise<void> {
  await using carrier = await startCarrier({ queries: true, deliver: { long: 'payload' }, receipts: { form: 'none' } });
  const session = await new Promise<PeerSession>((resolve) => {
    const made: PeerSession = smppPeer.connect({ host: '127.0.0.1', port: carrier.port }, () => {
      resolve(made);
    });
  });
  session.on('error', () => undefined);
  await list.check('the client of npm smpp binds to our carrier, sends with data_sm, and is delivered to', async () => {
    const bind = { system_id: carrierAccount.systemId, password: carrierAccount.password };
    const bound = await new Promise<PeerPdu>((resolve) => {
      session.bind_transceiver(bind, resolve);
    });
    assert.equal(bound.command_status, 0);
    const submit = { source_addr: '40404', dest_addr_ton: 1, destination_addr: '12025550199' };
    const sent = await new Promise<PeerPdu>((resolve) => {
      session.data_sm({ ...submit, message_payload: 'Hi', data_coding: 0 }, resolve);
    });
    assert.equal(sent.command_status, 0);
    assert.equal(carrier.texts()[0]?.text, 'Hi');
    const heard: string[] = [];
    session.on('deliver_sm', (pdu: PeerPdu) => {
      heard.push(messageOf(pdu['message_payload']));
      session.send(pdu.response());
    });
    const text = 'y'.repeat(300);
    const id = carrier.carrier.deliver({ from: '+12025550199', to: '40404', text });
    assert.equal(await carrier.carrier.delivered(id), true);
    assert.deepEqual(heard, [text]);
  });
  session.close();
}
