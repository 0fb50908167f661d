/**
 * A connection to the homeserver that is kept open, because it ends at once when the homeserver's process ends: a Synapse
 * that crashes and is back within two seconds is not seen by pings. Behind a proxy it shows the proxy's end instead, and
 * the pings have to do.
 */
import http from 'node:http';
import https from 'node:https';
import { wait, type Clock } from '../../core/clock.ts';

/** More often than servers and proxies close what is idle (60 s and more). */
const ASK_EVERY_MS = 20_000;
const AGAIN_MS = 5_000;
const TIMEOUT_MS = 10_000;

export interface OpenConnectionOptions {
  /** The homeserver's client-server API. */
  readonly url: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Each answer's `Date`. */
  readonly dated: (date: string | undefined) => void;
  /** Something had been answered over the connection, and it ended without our doing. */
  readonly lost: () => void;
}

/** Goes on until `signal` is aborted. */
export async function keepConnectionOpen(options: OpenConnectionOptions): Promise<void> {
  const { url, clock, signal, lost, dated } = options;
  const client = url.startsWith('https:') ? https : http;
  while (!signal.aborted) {
    const agent = new client.Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, scheduling: 'fifo' });
    const connection = new Connection({ client, agent, url, dated });
    const ended = await connection.untilEnded(clock, signal);
    agent.destroy();
    if (ended === 'lost') lost();
    await wait(clock, AGAIN_MS, signal);
  }
}

interface Way extends Pick<OpenConnectionOptions, 'url' | 'dated'> {
  readonly client: typeof http | typeof https;
  readonly agent: http.Agent;
}

class Connection {
  readonly #way: Way;
  readonly #gone = new AbortController();
  #socket: object | undefined;
  #works = false;

  constructor(way: Way) {
    this.#way = way;
  }

  /** `lost`: it had worked. `refused`: it never did, or the other side said that it would close it. */
  async untilEnded(clock: Clock, signal: AbortSignal): Promise<'lost' | 'refused'> {
    for (;;) {
      if (!(await this.#ask(signal))) break;
      await wait(clock, ASK_EVERY_MS, AbortSignal.any([signal, this.#gone.signal]));
      if (signal.aborted || this.#gone.signal.aborted) break;
    }
    return this.#works && !signal.aborted ? 'lost' : 'refused';
  }

  /** What anybody may ask (client-server API, `GET /versions`); only that it is answered counts. */
  #ask(signal: AbortSignal): Promise<boolean> {
    const answered = Promise.withResolvers<boolean>();
    const { client, agent, url, dated } = this.#way;
    const given = { agent, timeout: TIMEOUT_MS, signal };
    const request = client.get(`${url}/_matrix/client/versions`, given, (response) => {
      dated(response.headers.date);
      const stays = response.headers.connection?.toLowerCase() !== 'close';
      response.resume();
      response.on('close', () => {
        this.#works = stays;
        answered.resolve(stays && response.complete);
      });
    });
    request.on('socket', (socket) => {
      if (this.#socket === socket) return;
      this.#socket = socket;
      socket.once('close', () => {
        this.#gone.abort();
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      answered.resolve(false);
    });
    return answered.promise;
  }
}
