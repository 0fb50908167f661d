/**
 * Stands in front of one of our listeners and can keep a transaction of the homeserver from arriving: its connection stays
 * open, nothing comes through it any more, and nothing is answered. Other connections go on.
 */
import { once } from 'node:events';
import net from 'node:net';

const POLL_MS = 20;

export interface HoldingProxy extends AsyncDisposable {
  readonly port: number;
  /** Transactions that are held now: their connections are still open. */
  readonly held: number;
  /** Keeps the next transaction, with whatever follows on its connection. */
  holdNext(): void;
  /** Resolves when one is held. */
  untilHeld(): Promise<void>;
  /** Nothing more is held; what is held already ends with its connection. */
  heal(): void;
  /** Whether this text ever came through, in whatever transaction. */
  brought(text: string): boolean;
}

export async function holdingProxy(to: number): Promise<HoldingProxy> {
  const sockets = new Set<net.Socket>();
  const held = new Set<net.Socket>();
  const through: Buffer[][] = [];
  let holding = false;
  const server = net.createServer((client) => {
    const behind = net.connect(to, '127.0.0.1');
    const came: Buffer[] = [];
    through.push(came);
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        held.delete(socket);
        // The listener closes what is idle: a transaction that is held stays open on the homeserver's side.
        if (!held.has(other)) other.destroy();
      });
    }
    behind.on('data', (bytes) => client.write(bytes));
    behind.on('end', () => {
      if (!held.has(client)) client.end();
    });
    client.on('data', (bytes) => {
      if (holding && bytes.subarray(0, 4).toString() === 'PUT ') {
        holding = false;
        held.add(client);
      }
      if (held.has(client)) return;
      came.push(bytes);
      behind.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get held() {
      return held.size;
    },
    holdNext: () => {
      holding = true;
    },
    untilHeld: async () => {
      while (held.size === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    },
    heal: () => {
      holding = false;
    },
    brought: (text) => through.some((came) => Buffer.concat(came).includes(text)),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
