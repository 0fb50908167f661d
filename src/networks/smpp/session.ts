/** One bound session with the carrier: connects, binds, and comes back after every loss (`../socket/coming-back.ts`). */
import { wait, type Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Result } from '../../core/result.ts';
import type { Malformed } from './codec/decode.ts';
import type { BindCommand, Pdu, PduBody } from './codec/pdu.ts';
import { status, statusCode } from './codec/status.ts';
import type { SmppConfig } from './config.ts';
import { Link, type Answered } from './link.ts';
import { ComingBack, type Ending } from '../socket/coming-back.ts';
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
  readonly #connection: ComingBack;
  #bound: Place | undefined;
  #link: Link | undefined;

  constructor(given: SessionOptions, handlers: SessionHandlers) {
    this.#given = given;
    this.#handlers = handlers;
    const { clock, log, open, config } = given;
    this.#connection = new ComingBack({
      ...{ clock, open, reconnect: config.reconnect },
      state: (state) => {
        handlers.state(state);
      },
      use: (opened) => this.#use(opened),
      lost: (loss) => {
        log.warn('smpp.disconnected', loss);
      },
    });
  }

  get bound(): boolean {
    return this.#bound !== undefined;
  }

  /** Resolves when it has begun to connect, not when it is bound. */
  start(): void {
    this.#connection.start();
  }

  request(body: PduBody): Promise<Answered> {
    return this.#bound?.link.request(body) ?? Promise.resolve({ kind: 'not-sent' });
  }

  /** Unbinds politely and closes, within `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    const { clock } = this.#given;
    const until = clock.monotonic() + withinMs;
    this.#connection.halt();
    const place = this.#bound;
    this.#bound = undefined;
    if (place !== undefined) {
      while (place.link.busy && !place.link.closed && clock.monotonic() < until - withinMs / 2) await wait(clock, 10);
      const answer = await place.link.request({ command: 'unbind' }, Math.max(1, (until - clock.monotonic()) / 2));
      if (answer.kind === 'answer') this.#handlers.goodbye(place.session);
    }
    this.#link?.destroy();
    await this.#connection.ended();
  }

  async #use(opened: Opened): Promise<Ending> {
    const { config, clock, nextNumber } = this.#given;
    const session = nextNumber();
    const over = Promise.withResolvers<undefined>();
    const link: Link = new Link({
      socket: opened.socket,
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
    const ending = await this.#bindAndStay({ link, session }, over.promise, opened);
    this.#bound = undefined;
    link.destroy();
    this.#handlers.ended(session);
    return ending;
  }

  async #bindAndStay(place: Place, over: Promise<undefined>, { trouble }: Opened): Promise<Ending> {
    const { config, command } = this.#given;
    const answer = await place.link.request(bindOf(config, command), config.bindTimeout);
    if (answer.kind !== 'answer') return { why: 'lost', detail: trouble() ?? noBind(answer), wasUp: false };
    const refusal = refusalOf(answer.pdu, config);
    if (refusal !== undefined) return refusal;
    if (this.#connection.isStopping()) return { why: 'lost', detail: 'stopping', wasUp: true };
    this.#bound = place;
    this.#given.log.info('smpp.bound', { session: place.session });
    this.#handlers.began(place.session);
    this.#handlers.state({ name: 'connected' });
    await over;
    return { why: 'lost', detail: trouble() ?? 'the carrier closed the connection', wasUp: true };
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

function refusalOf(pdu: Pdu, { reconnect }: SmppConfig): Ending | undefined {
  if (pdu.status === status.ok) return undefined;
  const code = statusCode(pdu.status);
  if (credentialFaults.includes(pdu.status)) {
    const detail = `the carrier refused systemId or password (${code}): check both`;
    return { why: 'bad-credentials', detail, pauseMs: reconnect.refused };
  }
  if (pdu.status === status.alreadyBound) {
    const detail = 'the carrier says that this systemId is bound already; waiting for it to let go';
    return { why: 'already-bound', detail, pauseMs: reconnect.alreadyBound };
  }
  return { why: 'lost', detail: `the carrier refused the bind (${code})`, wasUp: false };
}
