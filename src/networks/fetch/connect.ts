/** Connects sockets for HTTP: to the addresses that were checked, and no longer than a while by the clock. */
import net from 'node:net';
import tls from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../../core/clock.ts';

/** Until TCP and TLS stand. */
const CONNECT_MS = 10_000;

export interface Connecting {
  readonly clock: Clock;
  /** PEM of authorities to trust in place of the system's. */
  readonly ca?: string;
  /** The name is not looked up again: these are its addresses. Absent where any address will do. */
  readonly addresses?: readonly string[];
}

/** TLS checks the certificate against the name, whatever address it is found at. */
export function connectorOf(connecting: Connecting): buildConnector.connector {
  return (wish, callback) => {
    const socket = wish.protocol === 'https:' ? overTls(wish, connecting) : overTcp(wish, connecting);
    let over = false;
    const end = (error?: Error): void => {
      if (over) return;
      over = true;
      cancel();
      socket.off('error', end);
      if (error === undefined) callback(null, socket);
      else callback(error, null);
    };
    const cancel = connecting.clock.after(CONNECT_MS, () => {
      end(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
      socket.on('error', () => undefined);
      socket.destroy();
    });
    socket.on('error', end);
    socket.once(wish.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      end();
    });
  };
}

function overTcp(wish: buildConnector.Options, connecting: Connecting): net.Socket {
  return net.connect({ ...addressed(wish, connecting, 80), noDelay: true, keepAlive: true });
}

function overTls(wish: buildConnector.Options, connecting: Connecting): tls.TLSSocket {
  const name = wish.servername ?? wish.hostname;
  const socket = tls.connect({
    ...addressed(wish, connecting, 443),
    ...(net.isIP(name) === 0 && { servername: name }),
    ...(connecting.ca !== undefined && { ca: connecting.ca }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  });
  return socket.setNoDelay(true).setKeepAlive(true);
}

function addressed(wish: buildConnector.Options, { addresses }: Connecting, port: number) {
  return {
    host: wish.hostname,
    port: wish.port === '' ? port : Number(wish.port),
    ...(addresses !== undefined && { lookup: pinned(addresses) }),
  };
}

function pinned(addresses: readonly string[]): net.LookupFunction {
  const all = addresses.map((address) => ({ address, family: net.isIP(address) }));
  return (_, options, callback) => {
    const [first] = all;
    if (first === undefined) callback(new Error('no address'), '', 0);
    else if (options.all === true) callback(null, all);
    else callback(null, first.address, first.family);
  };
}
