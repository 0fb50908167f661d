/** The words of an HTML as they grow: white space is one space, and lines end where a browser would end them. */

export class HtmlText {
  #text = '';
  /** A space waits for the next word. */
  #space = false;
  /** So many line ends wait for the next word. */
  #breaks = 0;

  get text(): string {
    return this.#text;
  }

  get length(): number {
    return this.#text.length;
  }

  get atLineStart(): boolean {
    return this.#breaks > 0 || this.#text === '' || this.#text.endsWith('\n');
  }

  add(text: string): void {
    const collapsed = text.replace(/[ \t\r\n\f]+/gu, ' ');
    const words = collapsed.replace(/^ | $/gu, '');
    if (collapsed.startsWith(' ')) this.#space = true;
    if (words === '') return;
    const isFirst = this.atLineStart;
    this.#endLines();
    this.#text += `${this.#space && !isFirst ? ' ' : ''}${words.replaceAll('\u00a0', ' ')}`;
    this.#space = collapsed.length > 1 && collapsed.endsWith(' ');
  }

  addAsIs(text: string): void {
    if (text === '') return;
    this.#endLines();
    this.#text += text.replace(/\r\n?/gu, '\n');
    this.#space = false;
  }

  /** `<br>` */
  endLine(): void {
    this.#endLines();
    this.#text += '\n';
    this.#space = false;
  }

  /** What follows stands so many lines below. */
  breakLine(lines: number): void {
    if (this.#text !== '') this.#breaks = Math.max(this.#breaks, lines);
    this.#space = false;
  }

  /** From `start` to the end, without white space at either end. */
  wordsFrom(start: number): { readonly start: number; readonly length: number } {
    let [first, end] = [start, this.#text.length];
    while (first < end && isSpace(this.#text.charCodeAt(first))) first += 1;
    while (end > first && isSpace(this.#text.charCodeAt(end - 1))) end -= 1;
    return { start: first, length: end - first };
  }

  /** Lines that were ended already count. */
  #endLines(): void {
    if (this.#breaks === 0) return;
    const ended = /\n*$/u.exec(this.#text.slice(-2))?.[0].length ?? 0;
    this.#text += '\n'.repeat(Math.max(0, this.#breaks - ended));
    this.#breaks = 0;
  }
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}
