/** The carrier's own record of every PDU: one JSON line each, written before anything else follows from it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';

export interface LogLine {
  /** `in`: from the client; `out`: to it. */
  readonly dir: 'in' | 'out';
  /** The command's name; `message` for a text whose parts are all in. */
  readonly pdu: string;
  readonly seq: number;
  readonly status: number;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly id?: string;
}

export class CarrierLog {
  readonly #fd: number;
  readonly #clock: Clock;
  #open = true;

  constructor(file: string, clock: Clock) {
    this.#fd = openSync(file, 'a', 0o600);
    this.#clock = clock;
  }

  write(line: LogLine): void {
    if (!this.#open) return;
    const { dir, pdu, seq, status, from, to, text, id } = line;
    const at = new Date(this.#clock.now()).toISOString();
    writeSync(this.#fd, `${JSON.stringify({ at, dir, pdu, seq, status, from, to, text, id })}\n`);
  }

  close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }
}
