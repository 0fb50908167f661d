/**
 * One bound session with the carrier: connects, binds, and comes back after every loss with a back-off
 * of full jitter. A refused password is not tried again fast: carriers lock out who insists.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Result } from '../../core/result.ts';
import { backOff } from '../back-off.ts';
import type { Malformed } from './codec/decode.ts';
import type { BindCommand, Pdu, PduBody } from './codec/pdu.ts';
import { status, statusCode } from './codec/status.ts';
import type { SmppConfig } from './config.ts';
import { Link, type Answered } from './link.ts';
import type { Opened } from '../socket/open-socket.ts';

export interface SessionHandlers {
  /** A request of the carrier; answers through `link`. `session` is the connection's number. */
  request(pdu: Pdu, frame: Buffer, at: Place): Promise<void>;
  malformed(fault: Malformed, frame: Buffer, at: Place): Promise<void>;
  /** It is bound. Called before its state is told. */
  began(session: number): void;
  /** The carrier has confirmed our unbind: it has all our answers. Called before `ended`. */
  goodbye(session: number): void;
  ended(session: number): void;
  state(state: ConnectorState): void;
}

export interface Place {
  readonly link: Link;
  readonly session: number;
}

/** How one connection ended. */
type Ending =
  | { readonly why: 'lost'; readonly detail: string; readonly wasBound: boolean }
  | { readonly why: 'bad-credentials'; readonly detail: string }
  | { readonly why: 'already-bound'; readonly detail: string };

const credentialFaults: readonly number[] = [
  status.bindFailed,
  status.invalidPassword,
  status.invalidSystemId,
  status.invalidSystemType,
];

export interface SessionOptions {
  readonly config: SmppConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly command: BindCommand;
  /** The next connection to bind over. */
  readonly open: (signal: AbortSignal) => Promise<Result<Opened, string>>;
  /** From 1, never the same twice. */
  readonly nextNumber: () => number;
}

export class Session {
  readonly #given: SessionOptions;
  readonly #handlers: SessionHandlers;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #bound: Place | undefined;
  #link: Link | undefined;
  #tried = false;
  #losses = 0;

  constructor(given: SessionOptions, handlers: SessionHandlers) {
    this.#given = given;
    this.#handlers = handlers;
  }

  get bound(): boolean {
    return this.#bound !== undefined;
  }

  /** Resolves when it has begun to connect, not when it is bound. */
  start(): void {
    this.#running = this.#run();
  }

  request(body: PduBody): Promise<Answered> {
    return this.#bound?.link.request(body) ?? Promise.resolve({ kind: 'not-sent' });
  }

  /** Unbinds politely and closes, within `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    const { clock } = this.#given;
    const until = clock.monotonic() + withinMs;
    this.#stopping.abort();
    const place = this.#bound;
    this.#bound = undefined;
    if (place !== undefined) {
      while (place.link.busy && !place.link.closed && clock.monotonic() < until - withinMs / 2) await wait(clock, 10);
      const answer = await place.link.request({ command: 'unbind' }, Math.max(1, (until - clock.monotonic()) / 2));
      if (answer.kind === 'answer') this.#handlers.goodbye(place.session);
    }
    this.#link?.destroy();
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
      log.warn('smpp.disconnected', { why: ending.why, retryInMs: delay });
      await wait(clock, delay, this.#stopping.signal);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #delayAfter(ending: Ending): number {
    const { reconnect } = this.#given.config;
    if (ending.why === 'bad-credentials') return reconnect.refused;
    if (ending.why === 'already-bound') return reconnect.alreadyBound;
    this.#losses = ending.wasBound ? 0 : this.#losses + 1;
    return backOff(reconnect, this.#losses);
  }

  async #once(): Promise<Ending> {
    const { config, clock, open, nextNumber } = this.#given;
    // Later attempts go on from what was told of the one before.
    if (!this.#tried) this.#handlers.state({ name: 'connecting' });
    this.#tried = true;
    const opened = await open(this.#stopping.signal);
    if (!opened.ok) return { why: 'lost', detail: opened.error, wasBound: false };
    if (this.#isStopping()) {
      opened.value.socket.destroy();
      return { why: 'lost', detail: 'stopping', wasBound: false };
    }
    const session = nextNumber();
    const over = Promise.withResolvers<undefined>();
    const link: Link = new Link({
      socket: opened.value.socket,
      clock,
      log: this.#given.log,
      responseTimeout: config.responseTimeout,
      enquireLink: config.enquireLink,
      handlers: {
        request: (pdu, frame) => this.#handlers.request(pdu, frame, { link, session }),
        malformed: (fault, frame) => this.#handlers.malformed(fault, frame, { link, session }),
        closed: () => {
          over.resolve(undefined);
        },
      },
    });
    this.#link = link;
    const ending = await this.#bindAndStay({ link, session }, over.promise, opened.value);
    this.#bound = undefined;
    link.destroy();
    this.#handlers.ended(session);
    return ending;
  }

  async #bindAndStay(place: Place, over: Promise<undefined>, { trouble }: Opened): Promise<Ending> {
    const { config, command } = this.#given;
    const answer = await place.link.request(bindOf(config, command), config.bindTimeout);
    if (answer.kind !== 'answer') return { why: 'lost', detail: trouble() ?? noBind(answer), wasBound: false };
    const refusal = refusalOf(answer.pdu, command);
    if (refusal !== undefined) return refusal;
    if (this.#isStopping()) return { why: 'lost', detail: 'stopping', wasBound: true };
    this.#bound = place;
    this.#given.log.info('smpp.bound', { session: place.session });
    this.#handlers.began(place.session);
    this.#handlers.state({ name: 'connected' });
    await over;
    return { why: 'lost', detail: trouble() ?? 'the carrier closed the connection', wasBound: true };
  }
}

function bindOf(config: SmppConfig, command: BindCommand): PduBody {
  return {
    command,
    systemId: config.systemId,
    password: config.password,
    systemType: config.systemType,
    interfaceVersion: 0x34,
    address: { ton: 0, npi: 0, value: '' },
  };
}

function noBind(answer: Answered): string {
  return answer.kind === 'silence'
    ? 'the carrier did not answer the bind'
    : 'the carrier closed the connection during the bind';
}

function refusalOf(pdu: Pdu, command: BindCommand): Ending | undefined {
  if (pdu.status === status.ok && pdu.command === `${command}_resp`) return undefined;
  const code = statusCode(pdu.status);
  if (credentialFaults.includes(pdu.status)) {
    return { why: 'bad-credentials', detail: `the carrier refused systemId or password (${code}): check both` };
  }
  if (pdu.status === status.alreadyBound) {
    return {
      why: 'already-bound',
      detail: 'the carrier says that this systemId is bound already; waiting for it to let go',
    };
  }
  return { why: 'lost', detail: `the carrier refused the bind (${code})`, wasBound: false };
}
