/** Stands between component and server: breaks the stream, swallows what the server says, puts stanzas into it. */
import net from 'node:net';

export interface StreamProxy {
  readonly port: number;
  /** Nothing of the server's reaches the component from now on. */
  loseAnswers(): void;
  /** Breaks what is open; who connects anew is served, with answers. */
  cut(): void;
  /** As if the server had written it. */
  inject(xml: string): void;
  close(): Promise<void>;
}

export async function streamProxy(to: number): Promise<StreamProxy> {
  const clients = new Set<net.Socket>();
  let swallowing = false;
  const server = net.createServer((client) => {
    const behind = net.connect(to, '127.0.0.1');
    clients.add(client);
    client.on('data', (bytes: Buffer) => behind.write(bytes));
    behind.on('data', (bytes: Buffer) => {
      if (!swallowing) client.write(bytes);
    });
    for (const socket of [client, behind]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clients.delete(client);
        client.destroy();
        behind.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const cut = (): void => {
    swallowing = false;
    for (const client of clients) client.destroy();
  };
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    loseAnswers: () => {
      swallowing = true;
    },
    cut,
    inject: (xml) => {
      for (const client of clients) client.write(xml);
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => {
          resolve();
        });
      }),
  };
}
