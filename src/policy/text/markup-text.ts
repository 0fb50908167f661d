/** What a page of HTML or XML says to whoever reads it: its text with its title, and what stands for its pictures. */
import { Parser } from 'htmlparser2';

/** Parsed at once; between two of them it is seen whether there is enough. */
const STEP = 64 * 1024;
const silent: ReadonlySet<string> = new Set(['script', 'style']);
/** These stand within a line; whatever begins or ends another element is as good as a space. */
const inLine: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo big cite code data em font i ins kbd mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Never throws; at least `enough` UTF-16 units where the page has as many. */
export function markupText(markup: string, enough: number): string {
  const said = new Said();
  const parser = new Parser({
    onopentag: (name, { alt, title }) => {
      said.open(name, [alt, title]);
    },
    ontext: (text) => {
      said.text(text);
    },
    onclosetag: (name) => {
      said.close(name);
    },
  });
  for (let at = 0; at < markup.length && said.length < enough; at += STEP) parser.write(markup.slice(at, at + STEP));
  parser.end();
  return said.all();
}

class Said {
  readonly #parts: string[] = [];
  #silent = 0;
  #endsWithin = false;
  length = 0;

  open(name: string, standing: readonly (string | undefined)[]): void {
    if (silent.has(name)) this.#silent += 1;
    if (!inLine.has(name)) this.#between();
    for (const text of standing) if (text !== undefined && text !== '') this.text(` ${text} `);
  }

  text(text: string): void {
    if (this.#silent > 0 || text === '') return;
    this.#parts.push(text);
    this.length += text.length;
    this.#endsWithin = !/\s$/u.test(text);
  }

  close(name: string): void {
    if (silent.has(name)) this.#silent = Math.max(0, this.#silent - 1);
    if (!inLine.has(name)) this.#between();
  }

  all(): string {
    return this.#parts.join('');
  }

  #between(): void {
    if (this.#endsWithin) this.text('\n');
  }
}
