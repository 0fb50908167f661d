/**
 * One SMPP connection: requests with their answers and time-outs, the peer's requests with ours, enquire_link. Knows
 * nothing of binding or of texts. It closes when the frame boundary is lost, and survives everything else.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { ReadWindow } from '../socket/read-window.ts';
import { decodePdu, type Malformed } from './codec/decode.ts';
import { encodePdu } from './codec/encode.ts';
import { FrameReader } from './codec/frames.ts';
import type { Pdu, PduBody } from './codec/pdu.ts';
import { status } from './codec/status.ts';
import { isResponseId } from './codec/commands.ts';

/** A request that waits for its answer. */
interface Asked {
  readonly answeredBy: string;
  readonly settle: (answer: Answered) => void;
}

/** What became of a request. */
export type Answered =
  | { readonly kind: 'answer'; readonly pdu: Pdu }
  /** It may have been taken. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'closed' }
  /** It never left. */
  | { readonly kind: 'not-sent' };

export interface LinkHandlers {
  /** A request of the peer other than enquire_link. Called in the order of arrival, not awaited in between. */
  request(pdu: Pdu, frame: Buffer): Promise<void>;
  malformed(fault: Malformed, frame: Buffer): Promise<void>;
  closed(): void;
}

export interface LinkOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly log: Log;
  readonly responseTimeout: number;
  readonly enquireLink: number;
  readonly handlers: LinkHandlers;
}

const maxMissedEnquiries = 2;
/** Octets that wait to be written: a peer that asks and reads no answer is disconnected. */
const maxUnread = 1_048_576;

export class Link {
  readonly #options: LinkOptions;
  readonly #frames = new FrameReader();
  readonly #underWay: ReadWindow;
  readonly #pending = new Map<number, Asked>();
  #sequence = 0;
  #missed = 0;
  #heard = false;
  #closed = false;
  #cancelEnquiry: () => void = () => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { socket, log } = options;
    this.#underWay = new ReadWindow(socket, (error) => {
      log.error('smpp.request-failed', {}, error);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('close', () => {
      this.#end();
    });
    // One that a carrier opened was held until somebody listens.
    socket.resume();
    this.#enquireLater();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Requests of the peer that are not answered yet, and ours. */
  get busy(): boolean {
    return this.#underWay.busy || this.#pending.size > 0;
  }

  /** Resolves with what is known; never rejects. */
  request(body: PduBody, timeoutMs = this.#options.responseTimeout): Promise<Answered> {
    if (this.#closed || !this.#options.socket.writable) return Promise.resolve({ kind: 'not-sent' });
    const sequence = this.#nextSequence();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(timeoutMs, () => {
        settle({ kind: 'silence' });
      });
      const settle = (answer: Answered): void => {
        cancel();
        this.#pending.delete(sequence);
        resolve(answer);
      };
      this.#pending.set(sequence, { answeredBy: `${body.command}_resp`, settle });
      this.#options.socket.write(encodePdu({ ...body, status: status.ok, sequence }));
    });
  }

  /** `written` is called once the operating system has the octets. */
  respond(pdu: Pdu, written: () => void = () => undefined): void {
    const { socket, log } = this.#options;
    if (this.#closed || !socket.writable) return;
    if (socket.writableLength > maxUnread) {
      log.warn('smpp.unread', { octets: socket.writableLength });
      this.destroy();
      return;
    }
    socket.write(encodePdu(pdu), (error) => {
      if (error === undefined || error === null) written();
    });
  }

  /** Lets what was written go out, then closes. */
  end(): void {
    this.#options.socket.end();
    this.#options.socket.destroySoon();
  }

  destroy(): void {
    this.#options.socket.destroy();
    this.#end();
  }

  #read(chunk: Buffer): void {
    this.#heard = true;
    for (const frame of this.#frames.push(chunk)) this.#frame(frame);
    if (!this.#frames.lost) return;
    this.#options.log.warn('smpp.frame-lost', { octets: chunk.length });
    this.respond({ command: 'generic_nack', status: status.invalidCommandLength, sequence: 0 });
    this.end();
  }

  #frame(frame: Buffer): void {
    const decoded = decodePdu(frame);
    if (!decoded.ok) {
      this.#malformed(decoded.error, frame);
      return;
    }
    const pdu = decoded.value;
    if (pdu.command === 'generic_nack' || pdu.command.endsWith('_resp')) {
      this.#answered(pdu);
      return;
    }
    if (pdu.command === 'enquire_link') {
      this.respond({ command: 'enquire_link_resp', status: status.ok, sequence: pdu.sequence });
      return;
    }
    this.#underWay.take(() => this.#options.handlers.request(pdu, frame));
  }

  /** An answer to something else under the number of ours is none, and a refusal that says "all is well" says nothing. */
  #answered(pdu: Pdu): void {
    const asked = this.#pending.get(pdu.sequence);
    if (pdu.command === asked?.answeredBy) asked.settle({ kind: 'answer', pdu });
    else if (pdu.command === 'generic_nack') {
      asked?.settle(pdu.status === status.ok ? { kind: 'silence' } : { kind: 'answer', pdu });
    }
  }

  #malformed(fault: Malformed, frame: Buffer): void {
    this.#options.log.warn('smpp.malformed', { command: fault.commandId, status: fault.status });
    // An answer that can't be read still says that the request arrived: its outcome is unknown.
    if (isResponseId(fault.commandId)) this.#pending.get(fault.sequence)?.settle({ kind: 'silence' });
    else this.#underWay.take(() => this.#options.handlers.malformed(fault, frame));
  }

  #enquireLater(): void {
    this.#cancelEnquiry = this.#options.clock.after(this.#options.enquireLink, () => {
      this.#enquire();
    });
  }

  #enquire(): void {
    if (this.#closed) return;
    const { socket, log, enquireLink, responseTimeout } = this.#options;
    if (this.#heard || socket.isPaused()) this.#missed = 0;
    this.#heard = false;
    if (this.#missed >= maxMissedEnquiries) {
      log.warn('smpp.silent', { seconds: (enquireLink * this.#missed) / 1_000 });
      this.destroy();
      return;
    }
    this.#missed += 1;
    this.request({ command: 'enquire_link' }, responseTimeout).then(
      () => undefined,
      () => undefined,
    );
    this.#enquireLater();
  }

  #nextSequence(): number {
    this.#sequence = sequenceAfter(this.#sequence);
    return this.#pending.has(this.#sequence) ? this.#nextSequence() : this.#sequence;
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelEnquiry();
    for (const { settle } of Array.from(this.#pending.values())) settle({ kind: 'closed' });
    this.#options.handlers.closed();
  }
}

/** From 1 to 0x7FFFFFFF, and then again (SMPP 3.4, 3.2 and 5.1.4). */
export function sequenceAfter(sequence: number): number {
  return sequence >= 0x7fffffff ? 1 : sequence + 1;
}
