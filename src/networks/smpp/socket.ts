/** Opens the TCP or TLS connection to the carrier. */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { SmppConfig } from './config.ts';
import { socketTrouble } from './socket-trouble.ts';

export interface Opened {
  readonly socket: net.Socket;
  /** What broke it since, in words; undefined when nothing did, or the carrier just closed. */
  readonly trouble: () => string | undefined;
}

/**
 * With `tls` the carrier's certificate must be signed by a known authority and bear the right name.
 * @returns the socket, or why there is none in words for the health page.
 */
export function openSocket(config: SmppConfig, clock: Clock, signal: AbortSignal): Promise<Result<Opened, string>> {
  return new Promise((resolve) => {
    const secure = config.tls !== undefined;
    const socket = secure ? tls.connect(tlsOptions(config)) : net.connect(config.port, config.host);
    let trouble: string | undefined;
    socket.setNoDelay(true);
    const finish = (result: Result<Opened, string>): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners(secure ? 'secureConnect' : 'connect');
      socket.removeAllListeners('error');
      // A socket without a listener for 'error' ends the process.
      socket.on('error', (error: Error) => {
        trouble = socketTrouble(config, error);
      });
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const aborted = (): void => {
      finish(err('stopping'));
    };
    const cancel = clock.after(config.bindTimeout, () => {
      finish(err(`${config.host}:${config.port} did not answer in ${config.bindTimeout / 1_000} s`));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      finish(ok({ socket, trouble: () => trouble }));
    });
    socket.once('error', (error: Error) => {
      finish(err(socketTrouble(config, error)));
    });
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function tlsOptions(config: SmppConfig): tls.ConnectionOptions {
  const { serverName, ca, cert, key } = config.tls ?? {};
  return {
    host: config.host,
    port: config.port,
    ...(net.isIP(serverName ?? config.host) === 0 ? { servername: serverName ?? config.host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  };
}
