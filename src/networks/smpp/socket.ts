/** Opens the TCP or TLS connection to the carrier. */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { SmppConfig } from './config.ts';

/**
 * With `tls` the carrier's certificate must be signed by a known authority and bear the right name.
 * @returns the socket, or why there is none in words for the health page.
 */
export function openSocket(config: SmppConfig, clock: Clock, signal: AbortSignal): Promise<Result<net.Socket, string>> {
  return new Promise((resolve) => {
    const secure = config.tls !== undefined;
    const socket = secure ? tls.connect(tlsOptions(config)) : net.connect(config.port, config.host);
    socket.setNoDelay(true);
    const finish = (result: Result<net.Socket, string>): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners(secure ? 'secureConnect' : 'connect');
      socket.removeAllListeners('error');
      // A socket without a listener for 'error' ends the process.
      socket.on('error', () => undefined);
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
      finish(ok(socket));
    });
    socket.once('error', (error: Error) => {
      finish(err(explain(config, error)));
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

function explain(config: SmppConfig, error: Error): string {
  const where = `${config.host}:${config.port}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing listens on ${where}: check host and port`,
    ENOTFOUND: `the name ${config.host} is not known: check host`,
    ETIMEDOUT: `${where} did not answer`,
    ERR_TLS_CERT_ALTNAME_INVALID: `the certificate of ${where} is for another name: check tls.serverName`,
    DEPTH_ZERO_SELF_SIGNED_CERT: `the certificate of ${where} is self-signed: put its authority in tls.ca`,
    SELF_SIGNED_CERT_IN_CHAIN: `the authority of ${where} is not known: put it in tls.ca`,
  };
  return reasons[code] ?? `no connection to ${where} (${code})`;
}
