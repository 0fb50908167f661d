/** The newest message drawn together with what its sender wrote just before, for rules that look over several messages. */
import type { MessageContext } from '../message.ts';
import { assemble } from '../normalise/assemble.ts';
import type { Finders } from './compiled-rule.ts';
import { ScannedText } from './scanned-text.ts';

export class TogetherTexts {
  readonly #newest: ScannedText | undefined;
  readonly #context: MessageContext;
  readonly #finders: Finders;
  /** By how many messages before are drawn in. */
  readonly #made = new Map<number, readonly ScannedText[]>();

  constructor(texts: readonly ScannedText[], context: MessageContext, finders: Finders) {
    this.#newest = texts.find(({ source: { what } }) => what === 'body' || what === 'caption');
    this.#context = context;
    this.#finders = finders;
  }

  /** One text, or none where nothing can stretch over messages. */
  of(messages: number): readonly ScannedText[] {
    const before = Math.min(messages, this.#context.before.length);
    const known = this.#made.get(before);
    if (known !== undefined) return known;
    const made = this.#make(before);
    this.#made.set(before, made);
    return made;
  }

  #make(messages: number): readonly ScannedText[] {
    const newest = this.#newest;
    if (newest === undefined || messages <= 0) return [];
    const { piece, what, text } = newest.source;
    const stretch = assemble(text, newest.readings, this.#context.before.slice(0, messages));
    if (stretch === undefined) return [];
    const source = { text: stretch.readings.plain.original, piece, what, quoted: [], stretch };
    return [new ScannedText(source, this.#finders, this.#context.country)];
  }
}
