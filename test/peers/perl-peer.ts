/** Net::SMPP (Debian's libnet-smpp-perl): an SMPP written by others, as a child process that speaks JSON lines. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { missingPackage, works } from '../support/debian-package.ts';

const line = z.looseObject({ pdu: z.string(), status: z.number().optional(), id: z.string().optional() });
export type PeerLine = z.output<typeof line>;

/** @returns why it is not there, or undefined when it is. */
export function missingPerlPeer(): string | undefined {
  return missingPackage('libnet-smpp-perl', () => works('perl', ['-MNet::SMPP', '-MJSON::PP', '-e', '1']));
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
