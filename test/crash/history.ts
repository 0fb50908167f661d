/**
 * What the driver did, one JSON line for each deed, on disk before the next one begins. Together with what is seen from
 * outside it is all that the judge believes: neither of Gatehouse's databases is asked.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

const deed = z.discriminatedUnion('what', [
  /** A customer's text was given to the carrier's process. */
  z.object({ what: z.literal('texted'), customer: z.string(), text: z.string() }),
  /** Alice's client begins to send; the answer may be missing when the driver itself ends here. */
  z.object({ what: z.literal('saying'), customer: z.string(), text: z.string() }),
  /** Synapse accepted it. */
  z.object({ what: z.literal('said'), customer: z.string(), text: z.string(), event: z.string() }),
  z.object({ what: z.literal('ready'), afterMs: z.number() }),
  z.object({ what: z.literal('killed'), when: z.string() }),
]);
export type Deed = z.infer<typeof deed>;

export class History implements Disposable {
  readonly #file: string;
  readonly #fd: number;

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'a', 0o600);
  }

  note(done: Deed): void {
    writeSync(this.#fd, `${JSON.stringify({ ...done, at: new Date().toISOString() })}\n`);
    fsyncSync(this.#fd);
  }

  all(): readonly Deed[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => deed.parse(JSON.parse(line)));
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
