/** Opens a TCP or TLS connection that stays. */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { socketTrouble } from './socket-trouble.ts';

export interface Opened {
  readonly socket: net.Socket;
  /** What broke it since, in words; undefined when nothing did, or the peer just closed. */
  readonly trouble: () => string | undefined;
}

export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly tls?: PeerTls | undefined;
  /** In milliseconds. */
  readonly connectTimeout: number;
  /** What else to look at where nothing listens: `and that the server has a component port`. */
  readonly hint?: string;
}

interface PeerTls {
  readonly serverName?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * With `tls` the peer's certificate must be signed by a known authority and bear the right name.
 * @returns the socket, or why there is none in words for the health page.
 */
export function openSocket(peer: Peer, clock: Clock, signal: AbortSignal): Promise<Result<Opened, string>> {
  return new Promise((resolve) => {
    const secure = peer.tls !== undefined;
    const socket = secure ? tls.connect(tlsOptions(peer)) : net.connect(peer.port, peer.host);
    let trouble: string | undefined;
    socket.setNoDelay(true);
    const finish = (result: Result<Opened, string>): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners(secure ? 'secureConnect' : 'connect');
      socket.removeAllListeners('error');
      // A socket without a listener for 'error' ends the process.
      socket.on('error', (error: Error) => {
        trouble = socketTrouble(peer, error);
      });
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const aborted = (): void => {
      finish(err('stopping'));
    };
    const cancel = clock.after(peer.connectTimeout, () => {
      finish(err(`${peer.host}:${peer.port} did not answer in ${peer.connectTimeout / 1_000} s`));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      finish(ok({ socket, trouble: () => trouble }));
    });
    socket.once('error', (error: Error) => {
      finish(err(socketTrouble(peer, error)));
    });
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function tlsOptions(peer: Peer): tls.ConnectionOptions {
  const { serverName, ca, cert, key } = peer.tls ?? {};
  return {
    host: peer.host,
    port: peer.port,
    ...(net.isIP(serverName ?? peer.host) === 0 ? { servername: serverName ?? peer.host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  };
}
