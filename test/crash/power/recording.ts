/**
 * What a process asked the kernel to do to the files of a folder, call by call and in order, as `strace` saw it. Nothing
 * is lost by killing the process: only a power cut takes away what was never synced, and `disk.ts` plays that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { missingPackage, works } from '../../support/debian-package.ts';

export type Call =
  | { readonly do: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly do: 'truncate'; readonly file: string; readonly to: number }
  | { readonly do: 'create' | 'remove' | 'sync'; readonly file: string }
  /** A line on standard output: what the process told the world, in its place among the calls. */
  | { readonly do: 'say'; readonly line: string };

const CALLS = 'openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink';
/** Longer than any page or line. */
const LONGEST = 100_000;
/** An fsync takes as long as on a slow disk: a kill may well fall in between. */
const SYNC_MICROSECONDS = 10_000;

export interface Recorded {
  /** The program and its arguments, run by Node. */
  readonly program: readonly string[];
  /** Where the trace is kept. */
  readonly trace: string;
  /** Sees each line that it says; true means that it is killed now. */
  readonly killAt: (line: string) => boolean;
}

/** Runs it until it is killed; its first line is `pid N`. @throws Error that says what to install. */
export async function runTraced({ program, trace, killAt }: Recorded): Promise<void> {
  const missing = missingPackage('strace', () => works('strace', ['-V']));
  if (missing !== undefined) throw new Error(`strace sees what is written, and ${missing}`);
  const strace = ['-f', '-y', '-q', '-xx', '-s', String(LONGEST), '-o', trace, '-e', `trace=${CALLS}`];
  const slow = ['-e', `inject=fsync,fdatasync:delay_enter=${String(SYNC_MICROSECONDS)}`];
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...program];
  const child = spawn('strace', [...strace, ...slow, ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const pids: number[] = [];
  lines.on('line', (line) => {
    const pid = /^pid (\d+)$/u.exec(line)?.[1];
    if (pid !== undefined) pids.push(Number(pid));
    if (killAt(line)) for (const one of pids.splice(0)) process.kill(one, 'SIGKILL');
  });
  await once(child, 'close');
}

/** The calls on files below `dir`, and what was said, in order. */
export async function readTrace(trace: string, dir: string): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const open = new Map<string, string>();
  for await (const raw of createInterface({ input: createReadStream(trace, 'latin1'), crlfDelay: Infinity })) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/u.exec(raw) ?? [];
    const line = whole(rest, thread, open);
    // What a call writes is there from its beginning on; what it syncs is safe only at its end.
    const call = line === undefined ? undefined : callIn(line, dir);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/** A sync or an open that another thread interrupted counts where it ends; anything else where it begins. */
function whole(rest: string, thread: string, open: Map<string, string>): string | undefined {
  if (rest.startsWith('<... ')) {
    const begun = open.get(thread);
    open.delete(thread);
    return begun === undefined ? undefined : begun + (/resumed>(.*)$/u.exec(rest)?.[1] ?? '');
  }
  const cut = rest.indexOf(' <unfinished ...>');
  if (cut < 0) return rest;
  const begun = rest.slice(0, cut);
  if (!/^(?:fsync|fdatasync|openat)\(/u.test(begun)) return begun;
  open.set(thread, begun);
  return undefined;
}

const hex = '(?:\\\\x[0-9a-f]{2})*';
const forms = {
  write: new RegExp(`^pwrite64\\(\\d+<(${hex})>, "(${hex})", \\d+, (\\d+)`, 'u'),
  say: new RegExp(`^write\\(1<${hex}>, "(${hex})"`, 'u'),
  truncate: new RegExp(`^ftruncate\\(\\d+<(${hex})>, (\\d+)`, 'u'),
  sync: new RegExp(`^(?:fsync|fdatasync)\\(\\d+<(${hex})>\\) += 0`, 'u'),
  create: new RegExp(`^openat\\([^"]*"(${hex})", [A-Z_|]*O_CREAT[^=]*= \\d+`, 'u'),
  remove: new RegExp(`^unlink\\("(${hex})"\\) += 0`, 'u'),
} as const;

function callIn(line: string, dir: string): Call | undefined {
  const said = forms.say.exec(line)?.[1];
  if (said !== undefined) return { do: 'say', line: bytesOf(said).toString('utf8') };
  const call = fileCall(line);
  return call !== undefined && 'file' in call && call.file.startsWith(dir) ? call : undefined;
}

function fileCall(line: string): Call | undefined {
  const write = forms.write.exec(line);
  if (write !== null) {
    const [, file = '', bytes = '', at = ''] = write;
    return { do: 'write', file: nameOf(file), bytes: bytesOf(bytes), at: Number(at) };
  }
  const truncate = forms.truncate.exec(line);
  if (truncate !== null) return { do: 'truncate', file: nameOf(truncate[1] ?? ''), to: Number(truncate[2]) };
  for (const what of ['sync', 'create', 'remove'] as const) {
    const file = forms[what].exec(line)?.[1];
    if (file !== undefined) return { do: what, file: nameOf(file) };
  }
  return undefined;
}

function bytesOf(written: string): Buffer {
  return Buffer.from(written.replaceAll('\\x', ''), 'hex');
}

function nameOf(written: string): string {
  return bytesOf(written).toString('utf8');
}
