/** The carrier as it is seen from outside: a process of its own, texts in on its standard input, and the log it writes. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { z } from 'zod';
import { Child } from './child.ts';
import type { CustomerText } from './carrier/carrier.ts';

const line = z.object({
  at: z.string(),
  dir: z.string(),
  pdu: z.string(),
  status: z.number().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  text: z.string().optional(),
  id: z.string().optional(),
});
export type CarrierLine = z.infer<typeof line>;

export interface CarrierSeenOptions {
  readonly port: number;
  readonly systemId: string;
  readonly passwordFile: string;
  /** The log it writes, and the file that says what it does wrong. */
  readonly log: string;
  readonly faults: string;
  readonly dir: string;
}

export class CarrierSeen {
  readonly port: number;
  readonly #options: CarrierSeenOptions;
  readonly #child: Child;

  private constructor(options: CarrierSeenOptions, child: Child) {
    this.port = options.port;
    this.#options = options;
    this.#child = child;
  }

  static async start(options: CarrierSeenOptions): Promise<CarrierSeen> {
    const { port, systemId, passwordFile, log, faults, dir } = options;
    await writeFile(faults, '{}');
    const child = new Child({
      args: [
        ...['carrier', '--listen', `127.0.0.1:${port}`, '--system-id', systemId, '--password-file', passwordFile],
        ...['--log', log, '--faults', faults],
      ],
      cwd: dir,
      log: `${log}.out`,
      ready: () => accepts(port),
    });
    await child.start();
    return new CarrierSeen(options, child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A customer writes. */
  text(text: CustomerText): void {
    this.#child.write(JSON.stringify(text));
  }

  /** What goes wrong from now on; see `carrier/faults.ts`. */
  async misbehave(faults: object): Promise<void> {
    await writeFile(this.#options.faults, JSON.stringify(faults));
  }

  /** Everything in its log so far. */
  async seen(): Promise<readonly CarrierLine[]> {
    const text = await readFile(this.#options.log, 'utf8').catch(() => '');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((one) => one !== '')
      .map((one) => line.parse(JSON.parse(one)));
  }

  /** Whole texts that the company sent, in the order in which the carrier took them. */
  async taken(): Promise<readonly CarrierLine[]> {
    return (await this.seen()).filter((one) => one.pdu === 'message');
  }

  /** @throws Error with `what` when no such line is there within `ms`. */
  async until(what: string, look: (one: CarrierLine) => boolean, ms = 30_000): Promise<CarrierLine> {
    const give = performance.now() + ms;
    for (;;) {
      const found = (await this.seen()).find(look);
      if (found !== undefined) return found;
      if (performance.now() > give) throw new Error(`the carrier's log shows no ${what} within ${ms / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
