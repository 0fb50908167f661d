/** TLS in front of a plain server, as a carrier has it. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

/** A file of the folder `tls`, whose README says what each is. */
export function pem(name: string): string {
  return readFileSync(path.join(import.meta.dirname, 'tls', name), 'utf8');
}

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  /** Common names of the certificates that clients showed, in order; '' for a client without one. */
  readonly clients: readonly string[];
}

/** @param options those of node:tls, over the carrier's own certificate. */
export async function tlsFront(to: number, options: tls.TlsOptions = {}): Promise<TlsFront> {
  const clients: string[] = [];
  const open = new Set<net.Socket>();
  const server = tls.createServer({ cert: pem('carrier.pem'), key: pem('carrier.key'), ...options }, (client) => {
    const shown = client.getPeerCertificate();
    clients.push('subject' in shown ? String(shown.subject.CN) : '');
    const behind = net.connect(to, '127.0.0.1');
    for (const socket of [client, behind]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        behind.destroy();
        open.delete(socket);
      });
    }
    client.pipe(behind).pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    clients,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
