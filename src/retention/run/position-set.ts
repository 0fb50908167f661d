/** Many positions in little memory: one bit each, and the spans that are put on record. */
import type { Position } from '../../core/ids.ts';
import type { Span } from '../../core/retention-entries.ts';

const FIRST_BYTES = 4_096;

export class PositionSet {
  #bits = new Uint8Array(FIRST_BYTES);

  add(position: Position): void {
    const byte = position >> 3;
    if (byte >= this.#bits.length) this.#grow(byte);
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (position & 7));
  }

  has(position: Position): boolean {
    return ((this.#bits[position >> 3] ?? 0) & (1 << (position & 7))) !== 0;
  }

  #grow(byte: number): void {
    const bits = new Uint8Array(Math.max(this.#bits.length * 2, byte + 1));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}

/** The same positions as spans, in order. */
export function spansOf(positions: readonly Position[]): readonly Span[] {
  const spans: [Position, Position][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && position <= last[1] + 1) last[1] = position;
    else spans.push([position, position]);
  }
  return spans;
}

export function countIn(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
