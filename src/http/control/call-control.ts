/** Asks the running process to do something, through its control socket. */
import { connect } from 'node:net';
import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { Lines, lineOf, parseLine, reply, type ControlFailureCode, type ControlReply } from './protocol.ts';

export type ControlFailure =
  /** Nobody serves the socket: the command may open the data itself. */
  | { readonly code: 'not-running'; readonly message: string }
  /** The process went away before it answered: it may or may not have been done. */
  | { readonly code: 'unclear'; readonly message: string }
  | { readonly code: ControlFailureCode | 'not-permitted'; readonly message: string };

export interface Waiting {
  /** Told of each step on the way. */
  readonly progress?: (value: Json) => void;
  /** When aborted, nobody waits any more: the process is told by the closed connection. */
  readonly signal?: AbortSignal;
}

/** Resolves with the command's answer, or with why there is none. */
export function callControl(
  path: string,
  command: string,
  args: Json,
  { progress = () => undefined, signal }: Waiting = {},
): Promise<Result<Json, ControlFailure>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const lines = new Lines();
    const leave = (): void => {
      end(err(unclear));
    };
    const end = (result: Result<Json, ControlFailure>): void => {
      signal?.removeEventListener('abort', leave);
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => socket.write(lineOf({ command, args })));
    socket.on('data', (chunk: Buffer) => {
      for (const said of read(lines, chunk)) {
        if (said?.to === 'progress') progress(said.value);
        else end(resultOf(said));
      }
    });
    socket.once('error', (error) => {
      end(err(connectFailure(error, path)));
    });
    socket.once('close', leave);
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave);
  });
}

const unclear: ControlFailure = {
  code: 'unclear',
  message: 'the running Gatehouse went away before it answered: look whether it was done before trying again',
};

/** The replies that are complete with `chunk`; undefined for one that can't be understood. */
function read(lines: Lines, chunk: Buffer): readonly (ControlReply | undefined)[] {
  try {
    return lines.take(chunk).map((line) => parseLine(reply, line));
  } catch {
    return [undefined];
  }
}

function resultOf(said: Exclude<ControlReply, { to: 'progress' }> | undefined): Result<Json, ControlFailure> {
  if (said === undefined) return err(unclear);
  return said.to === 'done' ? ok(said.value) : err({ code: said.code, message: said.message });
}

function connectFailure(error: Error, path: string): ControlFailure {
  const code = z.object({ code: z.string() }).safeParse(error).data?.code;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return { code: 'not-running', message: `no Gatehouse runs at ${path}` };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return { code: 'not-permitted', message: `${path} belongs to another user: run this as the user of Gatehouse` };
  }
  return unclear;
}
