/** Cuts what a daemon writes into its lines without ever holding more than one long line. */

export interface SplitLine {
  readonly bytes: Buffer;
  /** Its first bytes only: the line was longer than is held. */
  readonly cut: boolean;
}

/** The longest answer is a file as base64: see `largestFetched`. */
export const longestLine = 36 * 1024 * 1024;
const keptOfTooLong = 64 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export class LineSplitter {
  readonly #longest: number;
  #pieces: Buffer[] = [];
  #size = 0;
  #cut = false;

  constructor(longest = longestLine) {
    this.#longest = longest;
  }

  /** The lines that end within `chunk`, without their line ends. */
  push(chunk: Buffer): readonly SplitLine[] {
    const lines: SplitLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#hold(chunk.subarray(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
    return lines;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0 || this.#cut) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size <= this.#longest) return;
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, keptOfTooLong))];
    this.#cut = true;
  }

  #take(): SplitLine {
    const bytes = Buffer.concat(this.#pieces);
    const cut = this.#cut;
    this.#pieces = [];
    this.#size = 0;
    this.#cut = false;
    return { bytes: bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes, cut };
  }
}
