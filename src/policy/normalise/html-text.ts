/**
 * What `formatted_body` says: all of its text, whether or not a client shows it, because what a client hides another one
 * shows. Alternative texts of pictures and the text of spoilers are in it, entities are characters.
 */
import { Parser } from 'htmlparser2';
import type { Span } from '../normalised.ts';

export interface HtmlText {
  readonly text: string;
  /** `<mx-reply>` and `<blockquote>`. */
  readonly quoted: readonly Span[];
  /** What the sender asked not to be shown: `font-size:0`, `display:none`, `hidden`. */
  readonly hidden: readonly Span[];
}

/** A formatted body is part of an event, which has 64 KiB. */
const most = 65_536;
const deepest = 200;
const lineMakers = new Set(
  'address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li mx-reply ol p pre table td th tr ul'.split(' '),
);
const silent = new Set(['script', 'style', 'head', 'title']);
const quoting = new Set(['mx-reply', 'blockquote']);
const unseen = ['font-size:0', 'display:none', 'visibility:hidden', 'opacity:0'];

/** Never throws: a broken text is read as a browser would read it. */
export function visibleText(html: string): HtmlText {
  const reading = new Reading();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        reading.open(name, attributes);
      },
      ontext: (text) => {
        reading.say(text);
      },
      onclosetag: (name) => {
        reading.close(name);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html.slice(0, most));
  return reading.end();
}

interface Element {
  readonly name: string;
  readonly start: number;
  readonly hides: boolean;
}

class Reading {
  #text = '';
  #silent = 0;
  readonly #open: Element[] = [];
  readonly #quoted: Span[] = [];
  readonly #hidden: Span[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (lineMakers.has(name)) this.#newLine();
    if (silent.has(name)) this.#silent += 1;
    const { alt, title } = attributes;
    if (name === 'img') this.say([alt, title].filter((text) => text !== undefined && text !== '').join(' '));
    const hides = isUnseen(attributes);
    if (hides) this.#gap();
    const start = this.#text.length;
    if (this.#open.length < deepest) this.#open.push({ name, start, hides });
  }

  say(text: string): void {
    if (this.#silent === 0) this.#text += text;
  }

  close(name: string): void {
    if (silent.has(name)) this.#silent = Math.max(0, this.#silent - 1);
    if (this.#open.at(-1)?.name === name) this.#leave(this.#open.pop());
    if (lineMakers.has(name)) this.#newLine();
  }

  end(): HtmlText {
    while (this.#open.length > 0) this.#leave(this.#open.pop());
    return { text: this.#text, quoted: this.#quoted, hidden: this.#hidden };
  }

  #leave(element: Element | undefined): void {
    if (element === undefined || element.start === this.#text.length) return;
    const span = { start: element.start, end: this.#text.length };
    if (quoting.has(element.name)) this.#quoted.push(span);
    if (element.hides) {
      this.#hidden.push(span);
      this.#gap();
    }
  }

  /** What is hidden isn't read as one word with what is shown beside it. */
  #gap(): void {
    if (this.#text !== '' && !/\s$/.test(this.#text)) this.#text += ' ';
  }

  #newLine(): void {
    if (this.#text !== '' && !this.#text.endsWith('\n')) this.#text += '\n';
  }
}

function isUnseen(attributes: Readonly<Record<string, string>>): boolean {
  const style = (attributes['style'] ?? '').toLowerCase().replaceAll(/\s/g, '');
  return 'hidden' in attributes || unseen.some((way) => style.includes(way));
}
