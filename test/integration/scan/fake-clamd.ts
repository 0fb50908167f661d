/** Answers INSTREAM as clamd(8) says it does, and no other command. */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface FakeClamd extends AsyncDisposable {
  readonly port: number;
  /** What came, whole, of each stream. */
  readonly seen: readonly Buffer[];
}

export interface FakeClamdOptions {
  /** `StreamMaxLength`. */
  readonly most?: number;
  readonly answer?: (bytes: Buffer) => string;
  /** Where it listens in place of a port. */
  readonly path?: string;
}

const EICAR = 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE';

export async function fakeClamd({ most = 1_000_000, answer, path }: FakeClamdOptions = {}): Promise<FakeClamd> {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  const said = answer ?? ((bytes) => (bytes.includes(EICAR) ? 'stream: Eicar-Signature FOUND' : 'stream: OK'));
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let held = Buffer.alloc(0);
    const got: Buffer[] = [];
    const end = (text: string): void => {
      socket.removeAllListeners('data');
      socket.end(`${text}\0`);
    };
    const read = (): void => {
      if (held.length >= 10 && got.length === 0 && held.subarray(0, 10).toString('latin1') !== 'zINSTREAM\0') {
        end('UNKNOWN COMMAND');
        return;
      }
      let at = got.length === 0 ? 10 : 0;
      while (held.length >= at + 4) {
        const length = held.readUInt32BE(at);
        if (length === 0) {
          seen.push(Buffer.concat(got));
          end(said(Buffer.concat(got)));
          return;
        }
        if (Buffer.concat(got).length + length > most) {
          end('INSTREAM size limit exceeded. ERROR');
          return;
        }
        if (held.length < at + 4 + length) break;
        got.push(held.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
      if (got.length > 0) held = held.subarray(at);
    };
    socket.on('data', (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      read();
    });
  });
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
