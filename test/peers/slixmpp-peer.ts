/** slixmpp (Debian's python3-slixmpp): an XMPP client written by others, as a child process that speaks JSON lines. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { missingPackage, works } from '../support/debian-package.ts';
import { until } from '../support/carrier.ts';
import { accountPassword, prosodyDomain } from '../support/xmpp/prosody.ts';

/** Debian's Python: its packages are there, whatever other Python is first on the path. */
const PYTHON = '/usr/bin/python3';
const line = z.looseObject({ heard: z.string(), id: z.string().optional(), body: z.string().optional() });
export type SlixmppLine = z.output<typeof line>;

/** @returns why it is not there, or undefined when it is. */
export function missingSlixmpp(): string | undefined {
  const has = (module: string) => (): boolean => works(PYTHON, ['-c', `import ${module}`]);
  // Its plugin for uploads wants the second.
  return missingPackage('python3-slixmpp', has('slixmpp')) ?? missingPackage('python3-aiohttp', has('aiohttp'));
}

export class SlixmppPeer {
  readonly lines: SlixmppLine[] = [];
  readonly #child: ChildProcess;

  constructor(port: number, name: string) {
    const script = path.join(import.meta.dirname, 'slixmpp-client.py');
    const args = [script, '127.0.0.1', String(port), `${name}@${prosodyDomain}/slixmpp`, accountPassword];
    const child = spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (text) => {
      // Its plugin for rooms prints as well.
      if (text.startsWith('{')) this.lines.push(line.parse(JSON.parse(text)));
    });
  }

  do(what: string, given: Readonly<Record<string, unknown>> = {}): void {
    this.#child.stdin?.write(`${JSON.stringify({ do: what, ...given })}\n`);
  }

  /** The first line that fits, when it has come. @throws Error with what it says went wrong */
  async heard(heard: string, fits: (one: SlixmppLine) => boolean = () => true): Promise<SlixmppLine> {
    const find = (): SlixmppLine | undefined =>
      this.lines.find((one) => one.heard === 'failed' || (one.heard === heard && fits(one)));
    await until(`slixmpp to hear "${heard}"`, () => find() !== undefined);
    const found = find();
    if (found?.heard !== heard) throw new Error(JSON.stringify(found));
    return found;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
