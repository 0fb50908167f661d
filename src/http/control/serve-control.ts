/**
 * The control socket: how the CLI reaches the running process. Only the user that runs Gatehouse can open it (0600, in
 * place before it can be connected to), so whoever speaks here could read the files as well.
 */
import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import type { Json } from '../../core/json.ts';
import type { Log } from '../../core/ports/log.ts';
import { LINE_MAX, Lines, lineOf, parseLine, request, type ControlFailureCode, type ControlReply } from './protocol.ts';

export interface ControlContext {
  /** Tells whoever waits how far it is; left out for an asker that does not read. */
  progress(value: Json): void;
  /** Aborted when the asker went away or the process stops. */
  readonly signal: AbortSignal;
}

/** Make one with `controlCommand`, which checks the arguments. */
export interface ControlCommand {
  call(args: unknown, context: ControlContext): Promise<Json>;
}

/** Understood and not done; the message is for a person. */
export class ControlRefused extends Error {
  override name = 'ControlRefused';
}

class BadArguments extends Error {
  override name = 'BadArguments';
}

export function controlCommand<A>(
  args: z.ZodType<A>,
  run: (args: A, context: ControlContext) => Promise<Json>,
): ControlCommand {
  return {
    call: (given, context) => {
      const checked = args.safeParse(given);
      if (checked.success) return run(checked.data, context);
      const words = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      return Promise.reject(new BadArguments(words.join('; ')));
    },
  };
}

const CONNECTIONS_MAX = 32;
const REQUEST_MS = 10_000;
/** sun_path of Linux holds 108 bytes with its end. */
const PATH_MAX = 107;

/**
 * Serves `commands` at `path`; a socket file that a crashed process left there is replaced.
 * @throws Error in words when a living process serves there, when the path is too long or is no socket.
 */
export async function serveControl(
  path: string,
  commands: ReadonlyMap<string, ControlCommand>,
  log: Log,
): Promise<AsyncDisposable> {
  await clearPath(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new Conversation(socket, commands, log).begin();
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listenAt(server, path);
  return {
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      });
      await rm(path, { force: true });
    },
  };
}

async function clearPath(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} is in the way: it is no socket of Gatehouse. Move it away.`);
  if (await answers(path)) throw new Error(`another Gatehouse process serves ${path}: stop it first`);
  await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** Binds in a folder that is ours alone, sets the mode, and only then moves the socket to where it is looked for. */
async function listenAt(server: Server, path: string): Promise<void> {
  const dir = await mkdtemp(join(dirname(path), '.c-'));
  const temporary = join(dir, 's');
  try {
    if (Buffer.byteLength(temporary) > PATH_MAX || Buffer.byteLength(path) > PATH_MAX) {
      throw new Error(`${path} is too long for a socket (${PATH_MAX} bytes): set data.dir to a shorter path`);
    }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(temporary, resolve);
    });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One request and its answer. */
class Conversation {
  readonly #socket: Socket;
  readonly #commands: ReadonlyMap<string, ControlCommand>;
  readonly #log: Log;
  readonly #gone = new AbortController();

  constructor(socket: Socket, commands: ReadonlyMap<string, ControlCommand>, log: Log) {
    this.#socket = socket;
    this.#commands = commands;
    this.#log = log;
  }

  begin(): void {
    const lines = new Lines();
    const socket = this.#socket;
    socket.setTimeout(REQUEST_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#gone.abort();
    });
    const take = (chunk: Buffer): void => {
      const [line] = this.#cut(lines, chunk);
      if (line === undefined) return;
      socket.off('data', take);
      socket.resume();
      socket.setTimeout(0);
      this.#answer(line).catch((error: unknown) => {
        this.#log.error('control.failed', {}, error);
        socket.destroy();
      });
    };
    socket.on('data', take);
  }

  #cut(lines: Lines, chunk: Buffer): readonly string[] {
    try {
      return lines.take(chunk);
    } catch {
      this.#log.warn('control.refused');
      this.#socket.destroy();
      return [];
    }
  }

  async #answer(line: string): Promise<void> {
    const asked = parseLine(request, line);
    if (asked === undefined) {
      this.#log.warn('control.refused');
      this.#fail('usage', 'this is not a request');
      return;
    }
    const command = this.#commands.get(asked.command);
    if (command === undefined) {
      this.#fail(
        'unknown-command',
        `the running Gatehouse does not know "${asked.command}": it may be another version`,
      );
      return;
    }
    try {
      const progress = (value: Json): void => {
        if (this.#socket.writableLength < LINE_MAX) this.#write({ to: 'progress', value: plain(value) });
      };
      const value = await command.call(asked.args, { progress, signal: this.#gone.signal });
      this.#end({ to: 'done', value: plain(value) });
    } catch (error) {
      this.#failWith(asked.command, error);
    }
  }

  #failWith(command: string, error: unknown): void {
    if (error instanceof BadArguments) this.#fail('usage', error.message);
    else if (error instanceof ControlRefused) this.#fail('refused', error.message);
    else {
      this.#log.error('control.failed', { command }, error);
      this.#fail('failed', 'it failed inside; the log says why');
    }
  }

  #fail(code: ControlFailureCode, message: string): void {
    this.#end({ to: 'failed', code, message });
  }

  #write(reply: ControlReply): void {
    if (this.#socket.writable) this.#socket.write(lineOf(reply));
  }

  #end(reply: ControlReply): void {
    if (this.#socket.writable) this.#socket.end(lineOf(reply));
  }
}

type Plain = ControlReply extends infer R ? (R extends { value: infer V } ? V : never) : never;

/** The same JSON without members that are undefined, as it is on the wire. */
function plain(value: Json): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Array) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, plain(member)] as const])),
  );
}
