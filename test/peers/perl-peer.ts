/** Net::SMPP (Debian's libnet-smpp-perl): an SMPP written by others, as a child process that speaks JSON lines. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const line = z.looseObject({ pdu: z.string(), status: z.number().optional(), id: z.string().optional() });
export type PeerLine = z.output<typeof line>;

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Installs the package where it is missing. @returns why it is not there, or undefined when it is. */
export function missingPeer(): string | undefined {
  const there = (): boolean => works('perl', ['-MNet::SMPP', '-MJSON::PP', '-e', '1']);
  if (there()) return undefined;
  if (process.getuid?.() !== 0) return 'Net::SMPP is not installed: run "apt-get install libnet-smpp-perl" as root';
  const install = ['install', '-y', '--no-install-recommends', 'libnet-smpp-perl'];
  if (!works('apt-get', install)) {
    works('apt-get', ['update']);
    works('apt-get', install);
  }
  return there() ? undefined : 'apt-get could not install libnet-smpp-perl: install it by hand';
}

export class PerlPeer {
  readonly lines: PeerLine[] = [];
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(script: string, args: readonly string[]) {
    const child = spawn('perl', [path.join(import.meta.dirname, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (text) => {
      this.lines.push(line.parse(JSON.parse(text)));
    });
    this.ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
  }

  seen(pdu: string): PeerLine[] {
    return this.lines.filter((one) => one.pdu === pdu);
  }

  kill(): void {
    this.#child.kill();
  }
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return address !== null && typeof address === 'object' ? address.port : 0;
}
