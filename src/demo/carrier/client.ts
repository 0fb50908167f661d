/** One client's connection at the carrier: bind, its requests, our deliveries to it. */
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { isResponseId } from '../../networks/smpp/codec/commands.ts';
import { decodePdu, type Malformed } from '../../networks/smpp/codec/decode.ts';
import { encodePdu } from '../../networks/smpp/codec/encode.ts';
import { FrameReader } from '../../networks/smpp/codec/frames.ts';
import type { Bind, DataSm, Pdu, PduBody, QuerySm, QuerySmResp, ShortMessage } from '../../networks/smpp/codec/pdu.ts';
import { status } from '../../networks/smpp/codec/status.ts';
import type { CarrierLog } from './carrier-log.ts';

export interface Desk {
  readonly clock: Clock;
  readonly log: CarrierLog;
  /** The status to answer a bind with. */
  admit(bind: Bind): number;
  bound(client: Client): void;
  /** Decides about a submit; answers through `client.answer`. */
  submit(pdu: (ShortMessage | DataSm) & { readonly sequence: number }, client: Client): void;
  /** Undefined for a message that isn't known. */
  asked(query: QuerySm): QuerySmResp | undefined;
  gone(client: Client): void;
}

const bindWithinMs = 10_000;
const answerWithinMs = 10_000;
const enquireEveryMs = 30_000;

export class Client {
  readonly #socket: Socket;
  readonly #desk: Desk;
  readonly #frames = new FrameReader();
  readonly #pending = new Map<number, (status: number | undefined) => void>();
  #mode: Bind['command'] | undefined;
  #sequence = 0;
  #cancel: () => void;
  /** Submits taken and not answered yet. */
  unanswered = 0;

  constructor(socket: Socket, desk: Desk) {
    this.#socket = socket;
    this.#desk = desk;
    this.#cancel = desk.clock.after(bindWithinMs, () => {
      socket.destroy();
    });
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of this.#frames.push(chunk)) this.#frame(frame);
      if (this.#frames.lost) {
        this.#send({ command: 'generic_nack', status: status.invalidCommandLength, sequence: 0 });
        socket.destroySoon();
      }
    });
    socket.on('close', () => {
      this.#cancel();
      this.#mode = undefined;
      for (const settle of Array.from(this.#pending.values())) settle(undefined);
      desk.gone(this);
    });
  }

  /** How it is bound. */
  get mode(): Bind['command'] | undefined {
    return this.#mode;
  }

  get receives(): boolean {
    return this.#mode === 'bind_transceiver' || this.#mode === 'bind_receiver';
  }

  /** Resolves with the status of the answer; undefined when none came. */
  deliver(
    pdu: ShortMessage | DataSm,
    logged: { readonly text: string; readonly id: string },
  ): Promise<number | undefined> {
    const sequence = this.#nextSequence();
    const addresses = { from: pdu.source.value, to: pdu.destination.value };
    this.#desk.log.write({ dir: 'out', pdu: pdu.command, seq: sequence, status: 0, ...addresses, ...logged });
    return new Promise((resolve) => {
      const cancel = this.#desk.clock.after(answerWithinMs, () => {
        settle(undefined);
      });
      const settle = (answer: number | undefined): void => {
        cancel();
        this.#pending.delete(sequence);
        resolve(answer);
      };
      this.#pending.set(sequence, settle);
      this.#send({ ...pdu, status: 0, sequence });
    });
  }

  answer(pdu: Pdu): void {
    const id = 'messageId' in pdu && pdu.messageId !== '' ? { id: pdu.messageId } : {};
    this.#desk.log.write({ dir: 'out', pdu: pdu.command, seq: pdu.sequence, status: pdu.status, ...id });
    this.#send(pdu);
  }

  /** Half an answer, then the end. */
  breakOff(pdu: Pdu): void {
    const octets = encodePdu(pdu);
    this.#socket.write(octets.subarray(0, octets.length / 2));
    this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Asks to be bound to; whoever listens is expected to bind as receiver. */
  outbind(account: { readonly systemId: string; readonly password: string }): void {
    this.#send({ command: 'outbind', ...account, status: status.ok, sequence: this.#nextSequence() });
  }

  #frame(frame: Buffer): void {
    const decoded = decodePdu(frame);
    if (!decoded.ok) {
      this.#malformed(decoded.error);
      return;
    }
    const pdu = decoded.value;
    if (pdu.command.endsWith('_resp') || pdu.command === 'generic_nack') {
      this.#desk.log.write({ dir: 'in', pdu: pdu.command, seq: pdu.sequence, status: pdu.status });
      this.#pending.get(pdu.sequence)?.(pdu.status);
      return;
    }
    if (pdu.sequence === 0) {
      this.answer({ command: 'generic_nack', status: status.systemError, sequence: 0 });
      return;
    }
    this.#request(pdu);
  }

  #malformed(fault: Malformed): void {
    this.#desk.log.write({ dir: 'in', pdu: 'malformed', seq: fault.sequence, status: fault.status });
    if (isResponseId(fault.commandId)) return;
    this.answer({ command: 'generic_nack', status: fault.status, sequence: fault.sequence });
  }

  #request(pdu: Pdu): void {
    switch (pdu.command) {
      case 'bind_transceiver':
      case 'bind_receiver':
      case 'bind_transmitter':
        this.#bind(pdu);
        return;
      case 'submit_sm':
      case 'data_sm':
        this.#submit(pdu);
        return;
      default:
        this.#answerRare(pdu);
    }
  }

  #answerRare(pdu: Pdu): void {
    const { sequence } = pdu;
    switch (pdu.command) {
      case 'unbind':
        this.answer({ command: 'unbind_resp', status: status.ok, sequence });
        this.#socket.destroySoon();
        return;
      case 'enquire_link':
        this.#send({ command: 'enquire_link_resp', status: status.ok, sequence });
        return;
      case 'query_sm': {
        const empty = { messageId: pdu.messageId, finalDate: '', messageState: 0, errorCode: 0 };
        const found = this.#desk.asked(pdu);
        if (found !== undefined) this.answer({ ...found, status: status.ok, sequence });
        else this.answer({ command: 'query_sm_resp', ...empty, status: status.queryFailed, sequence });
        return;
      }
      default:
        this.answer({ command: 'generic_nack', status: status.invalidCommandId, sequence });
    }
  }

  #submit(pdu: (ShortMessage | DataSm) & { readonly sequence: number }): void {
    if (this.#mode === 'bind_transceiver' || this.#mode === 'bind_transmitter') this.#desk.submit(pdu, this);
    else this.#refuseSubmit(pdu);
  }

  #refuseSubmit({ command, sequence }: (ShortMessage | DataSm) & { readonly sequence: number }): void {
    this.#desk.log.write({ dir: 'in', pdu: command, seq: sequence, status: status.wrongBindState });
    const answer = command === 'data_sm' ? 'data_sm_resp' : 'submit_sm_resp';
    this.answer({ command: answer, messageId: '', tlvs: [], status: status.wrongBindState, sequence });
  }

  #bind(pdu: Bind & { readonly sequence: number }): void {
    const code = this.#mode === undefined ? this.#desk.admit(pdu) : status.alreadyBound;
    this.#desk.log.write({ dir: 'in', pdu: pdu.command, seq: pdu.sequence, status: code });
    const answer: PduBody = { command: `${pdu.command}_resp`, systemId: 'CARRIER', tlvs: [] };
    this.answer({ ...answer, status: code, sequence: pdu.sequence });
    if (code !== status.ok) return;
    this.#mode = pdu.command;
    this.#cancel();
    this.#enquireLater();
    this.#desk.bound(this);
  }

  #enquireLater(): void {
    this.#cancel = this.#desk.clock.after(enquireEveryMs, () => {
      this.#send({ command: 'enquire_link', status: status.ok, sequence: this.#nextSequence() });
      this.#enquireLater();
    });
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence === 0x7fffffff ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  #send(pdu: Pdu): void {
    if (this.#socket.writable) this.#socket.write(encodePdu(pdu));
  }
}
