/** Text that grows from the front to the end, with what is marked in it. */
import { normalised } from '../../core/rich-text-normal.ts';
import type { Mark, RichText } from '../../core/rich-text.ts';
import { endOf, moved } from '../../core/rich-text-kinds.ts';

export class RichBuilder {
  readonly #parts: string[] = [];
  readonly #marks: Mark[] = [];
  #length = 0;
  #atLineStart = true;

  /** Nothing stands on the line so far. */
  get atLineStart(): boolean {
    return this.#atLineStart;
  }

  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#atLineStart = text.endsWith('\n');
    this.#length += text.length;
  }

  /** Words whose marks count from their own beginning. */
  addRich(rich: RichText): void {
    const by = this.#length;
    this.#marks.push(...rich.marks.map((mark) => moved(mark, mark.start + by, endOf(mark) + by)));
    this.add(rich.text);
  }

  mark(mark: Mark): void {
    this.#marks.push(mark);
  }

  build(): RichText {
    return normalised(this.#parts.join(''), this.#marks);
  }
}
