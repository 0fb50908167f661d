/** The stream with the server, which comes back after every loss (`../socket/coming-back.ts`). */
import { wait, type Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import { chance } from '../chance.ts';
import { ComingBack, type Ending } from '../socket/coming-back.ts';
import { openSocket, type Opened } from '../socket/open-socket.ts';
import type { XmppConfig } from './config.ts';
import { Stream, type StreamFault } from './stream.ts';
import type { XmlElement } from './xml/element.ts';

export interface SessionHandlers {
  ready(): void;
  stanza(element: XmlElement, raw: Buffer): Promise<void>;
  ended(): void;
  state(state: ConnectorState): void;
}

interface Given {
  readonly config: XmppConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where nothing listens, that may be why. */
const hint = 'and that the server has a component port';

export class Session {
  readonly #given: Given;
  readonly #handlers: SessionHandlers;
  readonly #connection: ComingBack;
  #stream: Stream | undefined;
  #ready: Stream | undefined;

  constructor(given: Given, handlers: SessionHandlers) {
    this.#given = given;
    this.#handlers = handlers;
    const { clock, log, config } = given;
    this.#connection = new ComingBack({
      ...{ clock, reconnect: config.reconnect },
      state: (state) => {
        handlers.state(state);
      },
      open: (signal) => openSocket({ ...config, hint }, clock, signal),
      use: (opened) => this.#use(opened),
      lost: (loss) => {
        log.warn('xmpp.disconnected', loss);
      },
    });
  }

  get ready(): boolean {
    return this.#ready !== undefined;
  }

  /** Resolves when it has begun to connect, not when it is connected. */
  start(): void {
    this.#connection.start();
  }

  /** @returns false when it certainly did not leave. */
  write(stanza: XmlElement): boolean {
    return this.#ready?.write(stanza) ?? false;
  }

  /** Writes, and tells whether the server has taken it: see `Stream`. */
  async give(stanza: XmlElement): Promise<'taken' | 'unclear' | 'not-sent'> {
    const stream = this.#ready;
    if (stream?.write(stanza) !== true) return 'not-sent';
    return (await stream.taken()) ? 'taken' : 'unclear';
  }

  /** Lets what is under way finish, says goodbye and closes, within `withinMs`. */
  async stop(withinMs: number, farewell: () => void): Promise<void> {
    const { clock } = this.#given;
    const until = clock.monotonic() + withinMs;
    this.#connection.halt();
    const stream = this.#ready;
    if (stream !== undefined) {
      while (stream.busy && !stream.closed && clock.monotonic() < until - withinMs / 2) await wait(clock, 10);
      farewell();
      this.#ready = undefined;
      await stream.taken(Math.max(1, (until - clock.monotonic()) / 2));
      stream.end();
    }
    this.#stream?.destroy();
    await this.#connection.ended();
  }

  async #use({ socket, trouble }: Opened): Promise<Ending> {
    const { config, clock, log } = this.#given;
    const over = Promise.withResolvers<StreamFault | undefined>();
    let wasReady = false;
    const stream: Stream = new Stream({
      ...{ socket, clock, log, domain: config.domain, secret: config.secret },
      ...{ answerTimeout: config.answerTimeout, askAfter: config.askAfter },
      handlers: {
        ready: () => {
          wasReady = true;
          this.#begin(stream);
        },
        stanza: (element, raw) => this.#handlers.stanza(element, raw),
        closed: (fault) => {
          over.resolve(fault);
        },
      },
    });
    this.#stream = stream;
    const cancel = clock.after(config.connectTimeout, () => {
      if (!wasReady) stream.destroy();
    });
    const fault = await over.promise;
    cancel();
    this.#ready = undefined;
    this.#handlers.ended();
    return this.#endingOf(fault?.condition, trouble(), wasReady);
  }

  #begin(stream: Stream): void {
    if (this.#connection.isStopping()) return;
    this.#ready = stream;
    this.#given.log.info('xmpp.connected');
    this.#handlers.state({ name: 'connected' });
    this.#handlers.ready();
  }

  #endingOf(condition: string | undefined, trouble: string | undefined, wasUp: boolean): Ending {
    const { domain, reconnect } = this.#given.config;
    switch (condition) {
      case 'not-authorized': {
        const detail = `the server refused the secret of ${domain}: check secret`;
        return { why: 'bad-credentials', detail, pauseMs: reconnect.refused };
      }
      case 'host-unknown':
        return { why: 'lost', detail: `the server has no component ${domain}: add it there, or check domain`, wasUp };
      case 'conflict': {
        const detail = `${domain} is connected already: another program, or our old connection`;
        return { why: 'conflict', detail, pauseMs: Math.round(reconnect.conflict * (0.5 + chance() / 2)) };
      }
      case undefined:
        return { why: 'lost', detail: trouble ?? 'the server closed the connection', wasUp };
      default:
        return { why: 'lost', detail: `the server closed the stream (${condition})`, wasUp };
    }
  }
}
