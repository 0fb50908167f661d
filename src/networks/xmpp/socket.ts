/** Opens the TCP or TLS connection to the server. */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { XmppConfig } from './config.ts';

export interface Opened {
  readonly socket: net.Socket;
  /** What broke it since, in words; undefined when nothing did, or the server just closed. */
  readonly trouble: () => string | undefined;
}

type Where = Pick<XmppConfig, 'host' | 'port' | 'tls' | 'connectTimeout'>;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens on it: check host and port, and that the server has a component port',
  ECONNRESET: 'it broke the connection off',
  ENOTFOUND: 'its name is not known: check host',
  EAI_AGAIN: "its name can't be looked up at the moment: check the name server",
  ETIMEDOUT: 'it did not answer',
  EHOSTUNREACH: 'there is no way to it: check the network and the firewall',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: check tls.serverName',
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: put it in tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not known here: put it in tls.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not known here: put it in tls.ca',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: check port, or take tls out',
};

/** @returns the socket, or why there is none in words for the health page. */
export function openSocket(where: Where, clock: Clock, signal: AbortSignal): Promise<Result<Opened, string>> {
  return new Promise((resolve) => {
    const { host, port } = where;
    const secure = where.tls !== undefined;
    const socket = secure ? tls.connect(tlsOptions(where)) : net.connect(port, host);
    let trouble: string | undefined;
    socket.setNoDelay(true);
    const finish = (result: Result<Opened, string>): void => {
      cancel();
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners(secure ? 'secureConnect' : 'connect');
      socket.removeAllListeners('error');
      // A socket without a listener for 'error' ends the process.
      socket.on('error', (error: Error) => {
        trouble = troubleOf(where, error);
      });
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const aborted = (): void => {
      finish(err('stopping'));
    };
    const cancel = clock.after(where.connectTimeout, () => {
      finish(err(`${host}:${port} did not answer in ${where.connectTimeout / 1_000} s`));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      finish(ok({ socket, trouble: () => trouble }));
    });
    socket.once('error', (error: Error) => {
      finish(err(troubleOf(where, error)));
    });
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function troubleOf({ host, port }: Where, error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `no connection to ${host}:${port}: ${reasons[code] ?? code}`;
}

function tlsOptions({ host, port, tls: given }: Where): tls.ConnectionOptions {
  const name = given?.serverName ?? host;
  return {
    host,
    port,
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    ...(given?.ca === undefined ? {} : { ca: given.ca }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  };
}
