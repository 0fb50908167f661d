/**
 * The daemon over TCP or a unix socket: one JSON object a line, both ways. What comes in is asked for by
 * `subscribeReceive`, an account at a time, so that a daemon in `--receive-mode=manual` leaves with Signal whatever
 * nobody is there to take, and accounts that are no lines of ours are never emptied.
 */
import net from 'node:net';
import { z } from 'zod';
import { wait, type Clock } from '../../core/clock.ts';
import { parseJson } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { DaemonPlace } from './config.ts';
import {
  placeWords,
  type Called,
  type CallWish,
  type DaemonHandlers,
  type DaemonLink,
  type Notice,
  type Receiving,
  type Refused,
} from './daemon.ts';
import { LineSplitter, type SplitLine } from './line-splitter.ts';
import { answerWithinMs, Requests } from './requests.ts';

const connectWithinMs = 10_000;
const askAfterMs = 60_000;
/** Octets of ours that the daemon does not read. */
const maxUnread = 128 * 1024 * 1024;

const notification = z.object({ method: z.string(), params: z.unknown().optional() });
const subscribed = z.object({ subscription: z.number(), result: z.unknown().optional() });

type Reached = Exclude<DaemonPlace, { by: 'http' }>;
interface Given {
  readonly socket: net.Socket;
  readonly place: Reached;
  readonly clock: Clock;
  readonly handlers: DaemonHandlers;
}

export class SocketLink implements DaemonLink {
  readonly #given: Given;
  readonly #requests: Requests;
  readonly #lines = new LineSplitter();
  readonly #subscriptions = new Map<number, string>();
  readonly #closing = new AbortController();
  readonly over: Promise<string>;

  constructor(given: Given) {
    this.#given = given;
    this.#requests = new Requests(given.clock);
    this.over = this.#run();
  }

  call(method: string, params: object, { timeoutMs = answerWithinMs }: CallWish = {}): Promise<Called> {
    return this.#requests.ask({ method, params, timeoutMs, write: (line) => this.#write(line) });
  }

  async receive(accounts: readonly Receiving[]): Promise<readonly Refused[]> {
    const refused: Refused[] = [];
    for (const { line, account } of accounts) {
      const answer = await this.call('subscribeReceive', account === undefined ? {} : { account });
      const id = answer.kind === 'result' ? z.number().safeParse(answer.value) : undefined;
      if (id?.success === true) this.#subscriptions.set(id.data, line);
      else refused.push({ line, unknownAccount: answer.kind === 'error' && answer.code === -32_602 });
    }
    return refused;
  }

  async hold(): Promise<void> {
    const ids = Array.from(this.#subscriptions.keys());
    for (const subscription of ids) {
      await this.call('unsubscribeReceive', { subscription }, { timeoutMs: 1_000 });
      this.#subscriptions.delete(subscription);
    }
  }

  close(): void {
    this.#closing.abort();
    this.#given.socket.destroy();
  }

  #write(line: string): boolean {
    const { socket } = this.#given;
    if (socket.destroyed || !socket.writable || socket.writableLength > maxUnread) return false;
    socket.write(`${line}\n`);
    return true;
  }

  async #run(): Promise<string> {
    const watching = this.#watch();
    const why = await this.#read();
    this.close();
    this.#requests.close();
    await watching;
    return why;
  }

  async #read(): Promise<string> {
    const { socket, handlers, place } = this.#given;
    try {
      for await (const chunk of socket) {
        for (const line of this.#lines.push(asBuffer(chunk))) this.#take(line);
        await handlers.room();
      }
      return `signal-cli at ${placeWords(place)} closed the connection`;
    } catch (error) {
      return socketTrouble(place, error);
    }
  }

  #take({ bytes, cut }: SplitLine): void {
    if (bytes.length === 0) return;
    const message = cut ? undefined : parseJson(bytes.toString('utf8'));
    if (typeof message === 'object' && message !== null && this.#requests.take(message)) return;
    const told = notification.safeParse(message);
    // Calls, and whatever else a later version tells of, are none of ours.
    if (told.success && told.data.method !== 'receive') return;
    this.#given.handlers.notice({ raw: bytes, position: undefined, ...this.#received(told.data?.params) });
  }

  /** What is told by a subscription is wrapped; what the daemon tells by itself is not. */
  #received(params: unknown): Pick<Notice, 'params' | 'line' | 'unasked'> {
    const wrapped = subscribed.safeParse(params);
    if (!wrapped.success) return { params, line: undefined, unasked: hasEnvelope(params) };
    return { params: wrapped.data.result, line: this.#subscriptions.get(wrapped.data.subscription), unasked: false };
  }

  /** A daemon whose machine is gone never closes the connection: it is asked something now and then. */
  async #watch(): Promise<void> {
    const { clock } = this.#given;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await wait(clock, askAfterMs, signal);
      if (isAborted(signal)) return;
      const answer = await this.call('version', {});
      if (answer.kind === 'unclear') this.close();
    }
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function hasEnvelope(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'envelope' in params;
}

function asBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}

/** @returns the link, or why there is none in words for the health page. */
export function openSocketLink(given: Omit<Given, 'socket'>, signal: AbortSignal): Promise<Result<SocketLink, string>> {
  const { place, clock } = given;
  return new Promise((resolve) => {
    const socket = place.by === 'unix' ? net.connect(place.path) : net.connect(place.port, place.host);
    const finish = (result: Result<undefined, string>): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners('connect').removeAllListeners('error');
      // A socket without a listener for 'error' ends the process.
      socket.on('error', () => undefined);
      if (!result.ok) socket.destroy();
      resolve(result.ok ? ok(new SocketLink({ ...given, socket })) : result);
    };
    const aborted = (): void => {
      finish(err('stopping'));
    };
    const cancel = clock.after(connectWithinMs, () => {
      finish(err(`signal-cli at ${placeWords(place)} did not answer`));
    });
    socket.once('connect', () => {
      finish(ok(undefined));
    });
    socket.once('error', (error: Error) => {
      finish(err(socketTrouble(place, error)));
    });
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function socketTrouble(place: Reached, error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'broken off';
  const where = placeWords(place);
  const nobody = code === 'ECONNREFUSED' || code === 'ENOENT';
  return nobody
    ? `no signal-cli listens on ${where}: start its daemon`
    : `no connection to signal-cli at ${where} (${code})`;
}
