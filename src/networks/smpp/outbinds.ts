/**
 * Carriers that connect to us when they have something (SMPP 3.4, 2.2.1): they say `outbind` with their name and
 * password, and we bind as receiver over their connection. Whoever says anything else is disconnected.
 */
import net from 'node:net';
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { decodePdu } from './codec/decode.ts';
import type { SmppConfig } from './config.ts';
import type { Opened } from '../socket/open-socket.ts';

type OutbindConfig = NonNullable<SmppConfig['outbind']>;

/** Strangers at a time, before they have said who they are. */
const maxUnknown = 8;
/** An outbind is 16 octets, a name of 16 and a password of 9. */
const maxOctets = 64;

export class Outbinds {
  readonly #given: { readonly config: Pick<SmppConfig, 'bindTimeout'>; readonly clock: Clock; readonly log: Log };
  readonly #config: OutbindConfig;
  readonly #server: net.Server;
  readonly #unknown = new Set<net.Socket>();
  /** The newest that has said who it is, and that nobody has taken yet. */
  #arrived: net.Socket | undefined;
  #wanted: ((socket: net.Socket) => void) | undefined;

  constructor(
    given: { readonly config: Pick<SmppConfig, 'bindTimeout'>; readonly clock: Clock; readonly log: Log },
    config: OutbindConfig,
  ) {
    this.#given = given;
    this.#config = config;
    this.#server = net.createServer((socket) => {
      this.#connected(socket);
    });
  }

  /** @throws Error in words when the address can't be listened at. */
  listen(): Promise<void> {
    const { host, port } = this.#config;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        reject(new Error(`outbind: can't listen at ${host}:${port}`, { cause: error }));
      });
      this.#server.listen(port, host, resolve);
    });
  }

  /** The next carrier's connection, once it has said who it is. */
  next(signal: AbortSignal): Promise<Result<Opened, string>> {
    return new Promise((resolve) => {
      const give = (socket: net.Socket): void => {
        this.#wanted = undefined;
        signal.removeEventListener('abort', aborted);
        let trouble: string | undefined;
        socket.on('error', () => {
          trouble = 'the carrier broke its connection off';
        });
        resolve(ok({ socket, trouble: () => trouble }));
      };
      const aborted = (): void => {
        this.#wanted = undefined;
        resolve(err('stopping'));
      };
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) aborted();
      else if (this.#arrived?.writable === true) give(this.#arrived);
      else this.#wanted = give;
      this.#arrived = undefined;
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#unknown) socket.destroy();
    this.#arrived?.destroy();
  }

  #connected(socket: net.Socket): void {
    const { clock, config, log } = this.#given;
    socket.on('error', () => undefined);
    if (this.#unknown.size >= maxUnknown) {
      socket.destroy();
      return;
    }
    this.#unknown.add(socket);
    socket.setNoDelay(true);
    const cancel = clock.after(config.bindTimeout, () => socket.destroy());
    const known = (said: boolean): void => {
      cancel();
      this.#unknown.delete(socket);
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      if (said) this.#arrive(socket);
      else {
        log.warn('smpp.outbind-refused', {});
        socket.destroy();
      }
    };
    let octets = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      octets = Buffer.concat([octets, chunk]);
      const length = octets.length < 4 ? maxOctets : octets.readUInt32BE(0);
      if (length > maxOctets || (octets.length >= 4 && length < 16)) known(false);
      else if (octets.length >= 4 && octets.length >= length) {
        socket.pause();
        const rest = octets.subarray(length);
        if (rest.length > 0) socket.unshift(rest);
        known(this.#isOutbind(octets.subarray(0, length)));
      }
    });
    socket.on('close', () => {
      known(false);
    });
  }

  #arrive(socket: net.Socket): void {
    this.#arrived?.destroy();
    if (this.#wanted === undefined) this.#arrived = socket;
    else this.#wanted(socket);
  }

  #isOutbind(frame: Buffer): boolean {
    const decoded = decodePdu(frame);
    if (!decoded.ok || decoded.value.command !== 'outbind') return false;
    const { systemId, password } = decoded.value;
    return same(systemId, this.#config.systemId) && same(password, this.#config.password);
  }
}

function same(said: string, expected: string): boolean {
  const [a, b] = [Buffer.alloc(32), Buffer.alloc(32)];
  a.write(said, 'latin1');
  b.write(expected, 'latin1');
  return timingSafeEqual(a, b) && said.length === expected.length;
}
