/**
 * A program of the admin's, one run a file: exit code 0 clean, 1 malware, anything else no answer. It is given the bytes
 * at its standard input, or, where an argument has `{file}` in it, the path of a file that lies there, in clear, while it
 * runs. It sees nothing of our environment, which may hold secrets.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../core/clock.ts';
import { OwnBytes } from '../core/own-bytes.ts';
import type { MalwareScanner, Scanned } from '../core/ports/scanner.ts';
import { codeOf, failedToScan, scannerWords } from './scan-words.ts';

const RUN_MS = 3 * 60_000;
/** Of what it prints; the rest is read and forgotten. */
const MOST_PRINTED = 4096;
const FILE = '{file}';
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };

export function commandScanner(command: readonly string[], clock: Clock): MalwareScanner {
  const byPath = command.some((part) => part.includes(FILE));
  return {
    name: 'command',
    scan: async (file, signal) => {
      const reading = new OwnBytes(() => file.open());
      try {
        if (!byPath) return await run(command, { clock, signal, input: reading });
        return await withFile(reading, (path) =>
          run(
            command.map((part) => part.replaceAll(FILE, path)),
            { clock, signal },
          ),
        );
      } catch (error) {
        if (reading.failed !== undefined) throw reading.failed;
        return failedToScan(`the scan command could not be run: ${codeOf(error)}`, true);
      }
    },
  };
}

async function withFile(reading: OwnBytes, use: (path: string) => Promise<Scanned>): Promise<Scanned> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-scan-'));
  try {
    const path = join(folder, 'file');
    await pipeline(Readable.from(reading.pieces()), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Running {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly input?: OwnBytes;
}

async function run([program = '', ...args]: readonly string[], { clock, signal, input }: Running): Promise<Scanned> {
  // A process group of its own: what it started ends with it.
  const child = spawn(program, args, { detached: true, env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = endOf(child);
  const stop = (): void => {
    endGroup(child);
  };
  const cancel = clock.after(RUN_MS, stop);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const printed = printedBy(child);
    await feed(child, input);
    return scannedOf(await ended, await printed);
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  promise.catch(() => undefined);
  return promise;
}

/** One that has seen enough reads no more: its exit code counts. */
async function feed({ stdin }: ChildProcess, input: OwnBytes | undefined): Promise<void> {
  if (stdin === null) return;
  stdin.on('error', () => undefined);
  if (input === undefined) {
    stdin.end();
    return;
  }
  try {
    await pipeline(Readable.from(input.pieces()), stdin);
  } catch (error) {
    if (input.failed !== undefined) throw error;
  }
}

async function printedBy({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  stdout?.on('data', (piece: Buffer) => {
    if (text.length < MOST_PRINTED) text += piece.toString('latin1').slice(0, MOST_PRINTED - text.length);
  });
  await new Promise<void>((resolve) => {
    if (stdout === null) resolve();
    else stdout.once('close', resolve);
  });
  return text;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    // Also when the program itself has ended: what it left running goes too.
    kill(-pid, 'SIGKILL');
  } catch {
    // None of them is there any more.
  }
}

function scannedOf(code: number | null, printed: string): Scanned {
  if (code === 0) return { result: 'clean' };
  const lines = printed.split('\n').map(scannerWords);
  const said = lines.find((line) => line !== '');
  if (code === 1) return { result: 'found', detail: said ?? 'malware' };
  const end = code === null ? 'the scan command was stopped' : `the scan command ended with ${code}`;
  return failedToScan(said === undefined ? end : `${end}: ${said}`, true);
}
