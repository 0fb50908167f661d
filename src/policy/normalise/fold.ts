/**
 * A text as it is matched (DESIGN 14), in one pass and in time linear in its length. Two texts that a reader takes for the
 * same fold to the same; a lexicon's terms are folded by this same function, and patterns are written for its result:
 * lower case, without accents (`über` is `uber`, `ß` is `ss`, `ñ` is `n`), one space for any white space.
 *
 * Letters of other scripts that look like Latin ones become those where a reader would take the word for a Latin one:
 * where a Latin letter is in the word, or every letter of it has a Latin look-alike. `саll` is `call`; `пароль` stays.
 */
import type { Normalised, Trick } from '../normalised.ts';
import { letterKinds as k, letters, many } from './letters.ts';

/** Printable ASCII and lone white space: alike but for case, so that no table of offsets is needed. */
const plainAscii = /^(?:[!-~]|[ \t\n](?![ \t\n]))*$/;
const space = 0x20;

export function fold(text: string): Normalised {
  if (plainAscii.test(text)) return { original: text, folded: asciiFolded(text), tricks: [] };
  return new Folding(text).run();
}

function asciiFolded(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('\n') || lower.includes('\t') ? lower.replaceAll(/[\t\n]/g, ' ') : lower;
}

/** One text being folded: what has been written, and the word that is not finished yet. */
class Folding {
  readonly #text: string;
  readonly #tricks = new Set<Trick>();
  #out: Uint16Array;
  #at: Uint32Array;
  /** For what is written of the word under way: the look-alike of each unit, or 0. */
  #alike: Uint16Array;
  #length = 0;
  #wordFrom = 0;
  #wordKinds = 0;
  /** Letters without a look-alike in the word under way. */
  #own = false;
  #look = false;
  #last = 0;

  constructor(text: string) {
    this.#text = text;
    this.#out = new Uint16Array(text.length + 16);
    this.#at = new Uint32Array(text.length + 17);
    this.#alike = new Uint16Array(text.length + 16);
  }

  run(): Normalised {
    const text = this.#text;
    for (let i = 0; i < text.length;) {
      const unit = text.charCodeAt(i);
      if (unit < 0xd800 || unit > 0xdfff) {
        this.#plane(unit, i);
        i += 1;
        continue;
      }
      const point = text.codePointAt(i) ?? 0;
      if (point > 0xffff) this.#beyond(point, i);
      else this.#half(i);
      i += point > 0xffff ? 2 : 1;
    }
    this.#endWord();
    this.#at[this.#length] = text.length;
    return {
      original: text,
      folded: Buffer.from(this.#out.buffer, 0, this.#length * 2).toString('utf16le'),
      at: this.#at.slice(0, this.#length + 1),
      tricks: [...this.#tricks],
    };
  }

  #plane(unit: number, from: number): void {
    const kind = letters.kind(unit);
    const to = letters.unit(unit);
    if (to === 0) this.#hidden(kind);
    else if (to === many) this.#several(letters.text(unit), from, kind);
    else {
      this.#turn(kind);
      if ((kind & k.wide) !== 0) this.#tricks.add('full-width');
      else if ((kind & k.latin) !== 0 && isOdd(unit)) this.#tricks.add('look-alike');
      this.#write(to, from, letters.alike(unit));
    }
  }

  #beyond(point: number, from: number): void {
    const { kind = 0, text } = letters.beyond(point) ?? {};
    if (text === '') this.#hidden(kind);
    else {
      if (text !== undefined && (kind & (k.latin | k.regional)) === k.latin) this.#tricks.add('look-alike');
      this.#several(text ?? String.fromCodePoint(point), from, kind);
    }
  }

  /** Half of a surrogate pair is no character, and what a decoder shows for it is none of a word. */
  #half(from: number): void {
    this.#turn(0);
    this.#write(0xfffd, from, 0);
  }

  /** Each by what it is itself: `㎏` is two letters of a word, `ﷺ` has spaces in it, a note of music has a head that is none. */
  #several(text: string, from: number, kind: number): void {
    for (const char of text) {
      const point = char.codePointAt(0) ?? 0;
      const own = point > 0xffff ? letters.beyond(point)?.kind : letters.kind(point);
      this.#turn((own ?? 0) | (kind & k.regional));
      for (let i = 0; i < char.length; i += 1) {
        const unit = char.charCodeAt(i);
        this.#write(unit, from, letters.alike(unit));
      }
    }
  }

  /** Nothing is written. It is a trick where it stands behind a letter or a digit; emoji are full of joiners. */
  #hidden(kind: number): void {
    if ((kind & k.bidi) !== 0) this.#tricks.add('bidi');
    else if (isAsciiWord(this.#out[this.#length - 1] ?? 0) && this.#length > 0) {
      this.#tricks.add((kind & k.mark) !== 0 ? 'combining' : 'invisible');
    }
  }

  /** Ends the word where none goes on; a flag is a word of its own, so that it doesn't run into its neighbours. */
  #turn(kind: number): void {
    const inWord = (kind & (k.latin | k.letter | k.neutral)) !== 0;
    const flagEdge = ((kind ^ this.#last) & k.regional) !== 0;
    if (!inWord || flagEdge) this.#endWord();
    if (inWord && flagEdge && (this.#last & (k.latin | k.letter | k.neutral)) !== 0) this.#gap = true;
    this.#last = kind;
    this.#wordKinds |= kind;
  }
  #gap = false;

  #write(unit: number, from: number, alike: number): void {
    if (this.#gap && this.#out[this.#length - 1] !== space) this.#put(space, from, 0);
    this.#gap = false;
    if (unit === space && this.#length > 0 && this.#out[this.#length - 1] === space) return;
    if (alike !== 0) this.#look = true;
    else if ((letters.kind(unit) & k.letter) !== 0) this.#own = true;
    this.#put(unit, from, alike);
  }

  #put(unit: number, from: number, alike: number): void {
    if (this.#length === this.#out.length) this.#grow();
    this.#out[this.#length] = unit;
    this.#at[this.#length] = from;
    this.#alike[this.#length] = alike;
    this.#length += 1;
  }

  #grow(): void {
    const size = this.#out.length * 2;
    const out = new Uint16Array(size);
    const at = new Uint32Array(size + 1);
    const alike = new Uint16Array(size);
    out.set(this.#out);
    at.set(this.#at);
    alike.set(this.#alike);
    [this.#out, this.#at, this.#alike] = [out, at, alike];
  }

  #endWord(): void {
    const latin = (this.#wordKinds & k.latin) !== 0;
    if (this.#look && (latin || !this.#own)) {
      if (latin) this.#tricks.add('look-alike');
      for (let i = this.#wordFrom; i < this.#length; i += 1) {
        const alike = this.#alike[i] ?? 0;
        if (alike !== 0) this.#out[i] = alike;
      }
    }
    this.#wordFrom = this.#length;
    this.#wordKinds = 0;
    this.#look = false;
    this.#own = false;
  }
}

/** Beyond the letters of Latin alphabets, accents and strokes included (Unicode blocks to Latin Extended-B and Additional). */
function isOdd(unit: number): boolean {
  return unit > 0x24f && !(unit >= 0x1e00 && unit < 0x1f00);
}

function isAsciiWord(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x7a);
}
