/**
 * What the driver did, one JSON line for each deed, on disk before the next one begins. Together with what is seen from
 * outside it is all that the judge believes: neither of Gatehouse's databases is asked.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';

const deed = z.discriminatedUnion('what', [
  /** A customer's text was given to the carrier's process. */
  z.object({ what: z.literal('texted'), customer: z.string(), text: z.string() }),
  /** Alice's client begins to send an answer; what follows may be missing when the driver itself ends here. */
  z.object({ what: z.literal('saying'), customer: z.string(), text: z.string() }),
  /** Synapse accepted it. */
  z.object({ what: z.literal('said'), customer: z.string(), text: z.string(), event: z.string() }),
  /** The same among colleagues, in a room without a line. */
  z.object({ what: z.literal('chatting'), room: z.string(), who: z.string(), text: z.string() }),
  z.object({ what: z.literal('chatted'), room: z.string(), who: z.string(), text: z.string(), event: z.string() }),
  /** Synapse gave no answer that says so: it may have it or not. */
  z.object({ what: z.literal('unheard'), text: z.string() }),
  z.object({ what: z.literal('ready'), afterMs: z.number() }),
  z.object({ what: z.literal('killed'), when: z.string() }),
  z.object({ what: z.literal('fault'), fault: z.string() }),
]);
export type Deed = z.infer<typeof deed>;

/** `in`: which part of a run it belongs to, so that parts can be counted apart. */
const line = z.intersection(deed, z.object({ in: z.string() }));
export type Line = z.infer<typeof line>;

export class History implements Disposable {
  readonly #file: string;
  readonly #fd: number;
  /** What is being done now: `steady`, `burst`, a fault's name. */
  part = 'start';

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'a', 0o600);
  }

  note(done: Deed): void {
    writeSync(this.#fd, `${JSON.stringify({ ...done, in: this.part, at: new Date().toISOString() })}\n`);
    fsyncSync(this.#fd);
  }

  all(): readonly Line[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    return lines.filter((one) => one !== '').map((one) => line.parse(JSON.parse(one)));
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
