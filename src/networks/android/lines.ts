/** Which line is meant: by its number where the phone knows it, else by its SIM, else the only one. */
import { must, parseAddress, type Address } from '../../core/ids.ts';
import type { AndroidConfig } from './config.ts';

/** A number of ours that the phone didn't tell; the record keeps what came. */
const unknown: Address = must(parseAddress('unknown'));

export class LineFinder {
  readonly #lines: readonly Address[];
  readonly #sims: AndroidConfig['sims'];

  constructor(lines: readonly Address[], { sims }: Pick<AndroidConfig, 'sims'>) {
    this.#lines = lines;
    this.#sims = sims;
  }

  /** An address that is no line's where no line can be meant. */
  lineOf(told: { readonly recipient: string | undefined; readonly sim: number | undefined }): Address {
    const { recipient, sim } = told;
    const named = this.#lines.find((line) => line === recipient);
    const bySim = this.#lines.find((line) => sim !== undefined && this.#sims[line] === sim);
    const [only, ...others] = this.#lines;
    const alone = others.length === 0 && Object.keys(this.#sims).length === 0 ? only : undefined;
    const stranger = parseAddress(recipient);
    return named ?? bySim ?? alone ?? (stranger.ok ? stranger.value : unknown);
  }

  /** Undefined: the phone's own choice. */
  simOf(line: Address): number | undefined {
    return this.#sims[line];
  }
}
