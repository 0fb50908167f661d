/** An ICAP service as RFC 3507 has it: OPTIONS, RESPMOD or REQMOD, preview, 204; strict about what it is sent. */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface FakeIcap extends AsyncDisposable {
  readonly port: number;
  /** First line, encapsulated HTTP heads and body of each request but OPTIONS. */
  readonly seen: readonly {
    readonly line: string;
    readonly heads: string;
    readonly body: Buffer;
    readonly early: boolean;
  }[];
}

export interface FakeIcapOptions {
  readonly methods?: 'RESPMOD' | 'REQMOD';
  readonly preview?: number;
  /** The answer, by the body as far as it came; `continue` asks for what follows a preview. */
  readonly judge: (body: Buffer, whole: boolean) => string;
}

class Reader {
  readonly #socket: Socket;
  #held = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async upTo(end: string): Promise<string> {
    while (!this.#held.includes(end)) await this.#more();
    const at = this.#held.indexOf(end);
    const text = this.#held.subarray(0, at).toString('latin1');
    this.#held = this.#held.subarray(at + end.length);
    return text;
  }

  async bytes(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#more();
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  /** Up to the chunk of length 0; `ieof` where the body ends in the preview. */
  async chunks(): Promise<{ readonly body: Buffer; readonly ieof: boolean }> {
    const pieces: Buffer[] = [];
    for (;;) {
      const line = await this.upTo('\r\n');
      const length = Number.parseInt(line, 16);
      if (length === 0) {
        await this.upTo('\r\n');
        return { body: Buffer.concat(pieces), ieof: line === '0; ieof' };
      }
      pieces.push(await this.bytes(length));
      if ((await this.upTo('\r\n')) !== '') throw new Error('a chunk has another length than it says');
    }
  }

  async #more(): Promise<void> {
    for (let piece = read(this.#socket); ; piece = read(this.#socket)) {
      if (piece !== undefined) {
        this.#held = Buffer.concat([this.#held, piece]);
        return;
      }
      if (this.#socket.destroyed || this.#socket.readableEnded) throw new Error('it hung up');
      await Promise.race([once(this.#socket, 'readable'), once(this.#socket, 'close')]);
    }
  }
}

function read(socket: Socket): Buffer | undefined {
  const piece: unknown = socket.read();
  return Buffer.isBuffer(piece) ? piece : undefined;
}

export async function fakeIcap(options: FakeIcapOptions): Promise<FakeIcap> {
  const seen: FakeIcap['seen'][number][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket, options, seen).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
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

async function serve(
  socket: Socket,
  { methods = 'RESPMOD', preview, judge }: FakeIcapOptions,
  seen: FakeIcap['seen'][number][],
): Promise<void> {
  const reader = new Reader(socket);
  for (;;) {
    const asked = parsed(await reader.upTo('\r\n\r\n'));
    const { line, header } = asked;
    if (header('host') === undefined || header('encapsulated') === undefined) {
      socket.write('ICAP/1.0 400 Bad Request\r\n\r\n');
    } else if (line.startsWith('OPTIONS ')) {
      const ahead = preview === undefined ? '' : `Preview: ${preview}\r\n`;
      const told = `Methods: ${methods}\r\nISTag: "1"\r\nAllow: 204\r\n${ahead}Encapsulated: null-body=0`;
      socket.write(`ICAP/1.0 200 OK\r\n${told}\r\n\r\n`);
    } else if (line.startsWith(`${methods} `)) {
      socket.write(await modified(asked, { reader, socket, judge, seen }));
    } else {
      socket.write('ICAP/1.0 405 Method Not Allowed\r\n\r\n');
    }
  }
}

interface Asked {
  readonly line: string;
  readonly header: (name: string) => string | undefined;
}

function parsed(head: string): Asked {
  const [line = '', ...headers] = head.split('\r\n');
  const header = (name: string): string | undefined =>
    headers
      .find((one) => one.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  return { line, header };
}

interface Serving extends Pick<FakeIcapOptions, 'judge'> {
  readonly reader: Reader;
  readonly socket: Socket;
  readonly seen: FakeIcap['seen'][number][];
}

async function modified({ line, header }: Asked, { reader, socket, judge, seen }: Serving): Promise<string> {
  const at = Number(/-body=(\d+)/u.exec(header('encapsulated') ?? '')?.[1]);
  const heads = (await reader.bytes(at)).toString('latin1');
  const first = await reader.chunks();
  const whole = header('preview') === undefined || first.ieof;
  const early = judge(first.body, whole);
  if (early !== 'continue') {
    seen.push({ line, heads, body: first.body, early: !whole });
    return early;
  }
  socket.write('ICAP/1.0 100 Continue\r\n\r\n');
  const body = Buffer.concat([first.body, (await reader.chunks()).body]);
  seen.push({ line, heads, body, early: false });
  return judge(body, true);
}
