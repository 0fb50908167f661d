/**
 * The stream with the server, which comes back after every loss with a back-off of full jitter. A refused secret is not
 * tried again fast.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import { backOff } from '../back-off.ts';
import { chance } from '../chance.ts';
import { openSocket } from '../socket/open-socket.ts';
import type { XmppConfig } from './config.ts';
import { Stream, type StreamFault } from './stream.ts';
import type { XmlElement } from './xml/element.ts';

export interface SessionHandlers {
  ready(): void;
  stanza(element: XmlElement, raw: Buffer): Promise<void>;
  ended(): void;
  state(state: ConnectorState): void;
}

interface Ending {
  readonly why: 'lost' | 'bad-credentials' | 'conflict';
  readonly detail: string;
  readonly wasReady: boolean;
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
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #stream: Stream | undefined;
  #ready: Stream | undefined;
  #tried = false;
  #losses = 0;

  constructor(given: Given, handlers: SessionHandlers) {
    this.#given = given;
    this.#handlers = handlers;
  }

  get ready(): boolean {
    return this.#ready !== undefined;
  }

  /** Resolves when it has begun to connect, not when it is connected. */
  start(): void {
    this.#running = this.#run();
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
    this.#stopping.abort();
    const stream = this.#ready;
    if (stream !== undefined) {
      while (stream.busy && !stream.closed && clock.monotonic() < until - withinMs / 2) await wait(clock, 10);
      farewell();
      this.#ready = undefined;
      await stream.taken(Math.max(1, (until - clock.monotonic()) / 2));
      stream.end();
    }
    this.#stream?.destroy();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#given;
    while (!this.#isStopping()) {
      const ending = await this.#once();
      if (this.#isStopping()) return;
      const delay = this.#delayAfter(ending);
      const name = ending.why === 'bad-credentials' ? 'bad-credentials' : 'connecting';
      this.#handlers.state({ name, detail: ending.detail });
      log.warn('xmpp.disconnected', { why: ending.why, retryInMs: delay });
      await wait(clock, delay, this.#stopping.signal);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #delayAfter(ending: Ending): number {
    const { reconnect } = this.#given.config;
    if (ending.why === 'bad-credentials') return reconnect.refused;
    if (ending.why === 'conflict') return Math.round(reconnect.conflict * (0.5 + chance() / 2));
    this.#losses = ending.wasReady ? 0 : this.#losses + 1;
    return backOff(reconnect, this.#losses);
  }

  async #once(): Promise<Ending> {
    const { config, clock, log } = this.#given;
    // Later attempts go on from what was told of the one before.
    if (!this.#tried) this.#handlers.state({ name: 'connecting' });
    this.#tried = true;
    const opened = await openSocket({ ...config, hint }, clock, this.#stopping.signal);
    if (!opened.ok) return { why: 'lost', detail: opened.error, wasReady: false };
    const { socket, trouble } = opened.value;
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
    return { ...this.#endingOf(fault, trouble()), wasReady };
  }

  #begin(stream: Stream): void {
    if (this.#isStopping()) return;
    this.#ready = stream;
    this.#given.log.info('xmpp.connected');
    this.#handlers.state({ name: 'connected' });
    this.#handlers.ready();
  }

  #endingOf(fault: StreamFault | undefined, trouble: string | undefined): Omit<Ending, 'wasReady'> {
    const { domain } = this.#given.config;
    const condition = fault?.condition;
    switch (condition) {
      case 'not-authorized':
        return { why: 'bad-credentials', detail: `the server refused the secret of ${domain}: check secret` };
      case 'host-unknown':
        return { why: 'lost', detail: `the server has no component ${domain}: add it there, or check domain` };
      case 'conflict':
        return { why: 'conflict', detail: `${domain} is connected already: another program, or our old connection` };
      case undefined:
        return { why: 'lost', detail: trouble ?? 'the server closed the connection' };
      default:
        return { why: 'lost', detail: `the server closed the stream (${condition})` };
    }
  }
}
