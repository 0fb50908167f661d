/**
 * Up to which update Telegram has our receipt. The next `getUpdates` names it, and Telegram forgets what came before (Bot
 * API, "getUpdates"); so it is raised only by the commit that put the updates on record. Telegram keeps updates for a day
 * and, after a week without any, begins their numbers anew at random: an offset older than a day could only do harm.
 */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/clock.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

const KEY = 'offset';
const GOOD_FOR_MS = 86_400_000;

const keptShape = z.object({ next: z.int().nonnegative(), at: z.int().nonnegative() });
type Kept = z.output<typeof keptShape>;

export class Offset {
  readonly #clock: Clock;
  #kept: Kept | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async load(kv: Pick<Kv, 'get'>): Promise<void> {
    const value = await kv.get(KEY);
    this.#kept =
      value === undefined ? undefined : keptShape.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
  }

  /** What to ask for; undefined: whatever Telegram has. */
  get next(): number | undefined {
    if (this.#kept === undefined) return undefined;
    const age = this.#clock.now() - this.#kept.at;
    return age >= 0 && age < GOOD_FOR_MS ? this.#kept.next : undefined;
  }

  /** To be committed with the updates up to `newest`; `keep` it then. */
  after(newest: number): { readonly edit: KvEdit; readonly kept: Kept } {
    const kept = { next: newest + 1, at: this.#clock.now() };
    return { kept, edit: { key: KEY, value: Buffer.from(JSON.stringify(kept)) } };
  }

  keep(kept: Kept): void {
    this.#kept = kept;
  }
}
