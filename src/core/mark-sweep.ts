/** The marks over one range after the other: each mark is looked at when its place comes, however many there are. */
import type { Mark } from './rich-text.ts';
import { endOf } from './rich-text-kinds.ts';

/** Of marks in order of their starts, asked for ranges in order. */
export class MarkSweep<T extends Mark> {
  readonly #marks: readonly T[];
  #next = 0;
  #open: readonly T[] = [];

  constructor(marks: readonly T[]) {
    this.#marks = marks;
  }

  /** Those that share a unit with the range; an empty line shares its end. */
  covering(start: number, end: number): readonly T[] {
    const open = this.#open.filter((mark) => endOf(mark) > start);
    let next = this.#marks[this.#next];
    while (next !== undefined && next.start < Math.max(end, start + 1)) {
      open.push(next);
      this.#next += 1;
      next = this.#marks[this.#next];
    }
    this.#open = open;
    return open.filter((mark) => mark.start < Math.max(end, start + 1) && endOf(mark) > start);
  }
}
