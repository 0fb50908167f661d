/**
 * One connection of a component (XEP-0114): opens the stream, shakes hands, hands stanzas over in the order of arrival
 * and stops reading while too many of them are under way.
 *
 * A component has no acknowledgements (XEP-0198). What stands in: a ping to ourselves, written after a stanza. The server
 * works through a stream in order, so when our own ping comes back it has taken what was written before, and every bounce
 * that it had to tell of it by itself has come first.
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { ReadWindow } from '../socket/read-window.ts';
import { ns } from './namespaces.ts';
import { elementsOf, isElement, textOf, xml, type XmlElement } from './xml/element.ts';
import { StreamReader, type StreamPart } from './xml/stream-reader.ts';
import { writeXml } from './xml/write.ts';
import { XmlFault } from './xml/xml-fault.ts';

export interface StreamHandlers {
  /** The server accepted our secret. */
  ready(): void;
  /** A stanza; called in the order of arrival, not awaited in between. */
  stanza(element: XmlElement, raw: Buffer): Promise<void>;
  closed(fault: StreamFault | undefined): void;
}

/** What the server said before it closed the stream, by RFC 6120's names. */
export interface StreamFault {
  readonly condition: string;
}

export interface StreamOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly log: Log;
  readonly domain: string;
  readonly secret: string;
  readonly answerTimeout: number;
  readonly askAfter: number;
  readonly handlers: StreamHandlers;
}

/** Bytes that wait to be written: a server that does not read is disconnected. */
const maxUnread = 8_388_608;
/** Ids of our pings to ourselves. */
const pingPrefix = 'gh-ping-';

export class Stream {
  readonly #options: StreamOptions;
  readonly #underWay: ReadWindow;
  readonly #reader = new StreamReader();
  readonly #pings = new Map<string, (taken: boolean) => void>();
  #pinged = 0;
  #ready = false;
  #heard = false;
  #closed = false;
  #fault: StreamFault | undefined;
  #cancelAsking: () => void = () => undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    const { socket, domain, log } = options;
    this.#underWay = new ReadWindow(socket, (error) => {
      log.error('xmpp.stanza-failed', {}, error);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('close', () => {
      this.#end();
    });
    const to = writeXml(xml('', 'x', { to: domain }), '').slice(3, -2);
    socket.write(`<?xml version='1.0'?><stream:stream xmlns='${ns.component}' xmlns:stream='${ns.streams}' ${to}>`);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Stanzas of the server that are not done with, and pings of ours. */
  get busy(): boolean {
    return this.#underWay.busy || this.#pings.size > 0;
  }

  /** @returns false when it certainly did not leave. */
  write(stanza: XmlElement): boolean {
    const { socket, log } = this.#options;
    if (this.#closed || !this.#ready || !socket.writable) return false;
    if (socket.writableLength > maxUnread) {
      log.warn('xmpp.unread', { bytes: socket.writableLength });
      this.destroy();
      return false;
    }
    socket.write(writeXml(stanza, ns.component));
    return true;
  }

  /** True once the server has taken all that was written before; false when it can't be known. */
  taken(timeoutMs = this.#options.answerTimeout): Promise<boolean> {
    const { domain, clock } = this.#options;
    this.#pinged += 1;
    const id = `${pingPrefix}${String(this.#pinged)}`;
    const ping = xml(ns.component, 'iq', { type: 'get', from: domain, to: domain, id }, [xml(ns.ping, 'ping')]);
    return new Promise((resolve) => {
      const settle = (taken: boolean): void => {
        cancel();
        this.#pings.delete(id);
        resolve(taken);
      };
      const cancel = clock.after(timeoutMs, () => {
        settle(false);
      });
      this.#pings.set(id, settle);
      if (!this.write(ping)) settle(false);
    });
  }

  /** Says goodbye, lets what was written go out, then closes. */
  end(): void {
    if (this.#closed) return;
    this.#options.socket.end('</stream:stream>');
    this.#options.socket.destroySoon();
  }

  destroy(): void {
    this.#options.socket.destroy();
    this.#end();
  }

  #read(chunk: Buffer): void {
    this.#heard = true;
    try {
      for (const part of this.#reader.push(chunk)) {
        if (this.#closed) return;
        this.#part(part);
      }
    } catch (error) {
      if (!(error instanceof XmlFault)) throw error;
      this.#refuse(error);
    }
  }

  #refuse({ condition }: XmlFault): void {
    const { socket, log } = this.#options;
    log.warn('xmpp.not-xml', { condition });
    const fault = writeXml(xml(ns.streamErrors, condition), ns.component);
    if (socket.writable) socket.write(`<stream:error>${fault}</stream:error>`);
    this.end();
  }

  #part(part: StreamPart): void {
    if (part.is === 'header') this.#shakeHands(part.attrs.get('id') ?? '');
    else if (part.is === 'end') this.end();
    else this.#element(part.element, part.raw);
  }

  /** XEP-0114, example 3. */
  #shakeHands(id: string): void {
    const { secret, socket } = this.#options;
    const digest = createHash('sha1').update(`${id}${secret}`, 'utf8').digest('hex');
    socket.write(`<handshake>${digest}</handshake>`);
  }

  #element(element: XmlElement, raw: Buffer): void {
    if (isElement(element, ns.streams, 'error')) {
      const condition = elementsOf(element).find((one) => one.ns === ns.streamErrors && one.name !== 'text');
      this.#fault = { condition: condition?.name ?? 'undefined-condition' };
      return;
    }
    if (!this.#ready) {
      if (!isElement(element, ns.component, 'handshake') || textOf(element) !== '') return;
      this.#ready = true;
      this.#askLater();
      this.#options.handlers.ready();
      return;
    }
    if (!this.#isOurPing(element)) this.#underWay.take(() => this.#options.handlers.stanza(element, raw));
  }

  /** Only we can write from the component's own domain: the server sees to it. */
  #isOurPing({ name, attrs }: XmlElement): boolean {
    const id = attrs['id'] ?? '';
    if (name !== 'iq' || attrs['from'] !== this.#options.domain || !id.startsWith(pingPrefix)) return false;
    this.#pings.get(id)?.(true);
    return true;
  }

  #askLater(): void {
    const { clock, askAfter } = this.#options;
    this.#heard = false;
    this.#cancelAsking = clock.after(askAfter, () => {
      if (this.#heard || this.#options.socket.isPaused()) this.#askLater();
      else this.#ask();
    });
  }

  #ask(): void {
    const { log, askAfter } = this.#options;
    this.taken().then(
      (taken) => {
        if (this.#closed) return;
        if (taken || this.#heard) {
          this.#askLater();
          return;
        }
        log.warn('xmpp.silent', { seconds: askAfter / 1_000 });
        this.destroy();
      },
      () => undefined,
    );
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelAsking();
    for (const settle of Array.from(this.#pings.values())) settle(false);
    this.#options.handlers.closed(this.#fault);
  }
}
