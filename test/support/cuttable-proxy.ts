/** Stands in front of a server on this machine, and can be cut as a network is. */
import net from 'node:net';

export interface CuttableProxy extends AsyncDisposable {
  readonly port: number;
  /** Sockets that are open now, on both sides. */
  readonly open: number;
  /** Breaks what is open, and refuses what comes, until `heal`. */
  cut(): void;
  heal(): void;
}

export async function cuttableProxy(to: number): Promise<CuttableProxy> {
  const sockets = new Set<net.Socket>();
  let broken = false;
  const server = net.createServer((client) => {
    if (broken) {
      client.destroy();
      return;
    }
    const behind = net.connect(to, '127.0.0.1');
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        behind.destroy();
        sockets.delete(socket);
      });
    }
    client.pipe(behind).pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const cut = (): void => {
    broken = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get open() {
      return sockets.size;
    },
    cut,
    heal: () => {
      broken = false;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => {
          resolve();
        });
      }),
  };
}
