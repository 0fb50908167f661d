/**
 * A person's copy as files: HTML for people, JSON lines for machines, made of the same records one by one. What becomes
 * larger than a homeserver takes goes on in a next part, so that no more than two parts are in memory.
 */
import { createHash } from 'node:crypto';
import type { Entry } from '../../../core/entry.ts';
import type { Position } from '../../../core/ids.ts';
import { htmlEnd, htmlHead, htmlItem, type CopyHead } from './copy-html.ts';
import { copyItem, type CopyItem } from './copy-item.ts';
import { WhoIsWho, YOU, type CopyPeople, type CopySubject } from './copy-people.ts';
import { TextMask, type OthersAmong } from './copy-text.ts';

export const FORMAT = 'gatehouse-access-copy/1';
/** Of one file, in bytes: what homeservers take that are set to a fifth of what Synapse takes as it is delivered. */
const MOST_BYTES = 8 * 1024 * 1024;
/** What one event of ours can say that it quotes. */
const MOST_REFS = 1_000;

export interface CopyFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Records that it quotes; where there are too many for one event, some from all over it. */
  readonly refs: readonly Position[];
}

export interface CopyTotals {
  readonly entries: number;
  readonly files: number;
  /** In how many records something of other people is left out or masked. */
  readonly masked: number;
  /** Hex, of a line `<sha256>  <name>` for each file, in the order in which they were made. */
  readonly sha256: string;
  readonly found: CopyFound;
}

/** What there was, by kind. */
export interface CopyFound {
  readonly written: number;
  readonly received: number;
  readonly files: number;
  readonly notes: number;
}

export interface CopyOf extends CopySubject {
  readonly head: CopyHead;
}

export interface CopyDeps {
  readonly people: CopyPeople;
  readonly othersAmong: OthersAmong;
  /** For tests: bytes of one part. */
  readonly partBytes?: number;
}

/** Yields each file when it is complete; the same records make the same bytes. */
export async function* copyFiles(
  records: AsyncIterable<readonly Entry[]>,
  of: CopyOf,
  deps: CopyDeps,
): AsyncGenerator<CopyFile, CopyTotals> {
  const who = new WhoIsWho(of, deps.people);
  const mask = new TextMask(deps.othersAmong, (user) => who.called(user));
  const tally = new Tally();
  const most = deps.partBytes ?? MOST_BYTES;
  const html = new Parts({ ...pageForm(of.head, tally), most });
  const lines = new Parts({ ...linesForm(of.head), most });
  for await (const page of records) {
    for (const entry of page) {
      const item = await copyItem(entry, { who, mask });
      tally.add(item);
      if (item.what !== 'technical') yield* tally.seen(html.add(htmlItem(item), item.record));
      yield* tally.seen(lines.add(`${lineOf(item)}\n`, item.record));
    }
  }
  yield* tally.seen([html.end(), lines.end()]);
  return tally.totals();
}

function pageForm(head: CopyHead, tally: Tally): Form {
  return {
    ...{ name: `your-data-${head.id}`, ending: 'html', type: 'text/html; charset=utf-8' },
    begin: (part) => htmlHead(head, part),
    end: (isLast) => htmlEnd(isLast ? tally.all : undefined),
  };
}

function linesForm({ id, asked, made }: CopyHead): Form {
  return {
    ...{ name: `your-data-${id}`, ending: 'jsonl', type: 'application/jsonl; charset=utf-8' },
    begin: (part) => `${jsonLine({ format: FORMAT, request: id, asked, made, part })}\n`,
    end: () => '',
  };
}

function lineOf({ masked, ...item }: CopyItem): string {
  return jsonLine(masked === 0 ? item : { ...item, masked });
}

/** What some readers take for the end of a line, or turns it around, is written as an escape. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

function jsonLine(value: object): string {
  return JSON.stringify(value).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

interface Form {
  readonly name: string;
  readonly ending: string;
  readonly type: string;
  readonly begin: (part: number) => string;
  readonly end: (isLast: boolean) => string;
}

class Parts {
  readonly #form: Form & { readonly most: number };
  #part = 1;
  #chunks: string[] = [];
  #bytes = 0;
  #refs = new Spread();

  constructor(form: Form & { readonly most: number }) {
    this.#form = form;
  }

  /** The part that this closed, where one was full. */
  add(text: string, record: Position): readonly CopyFile[] {
    const size = Buffer.byteLength(text);
    const full = this.#bytes > 0 && this.#bytes + size > this.#form.most ? [this.#close(false)] : [];
    this.#chunks.push(text);
    this.#bytes += size;
    this.#refs.add(record);
    return full;
  }

  end(): CopyFile {
    return this.#close(true);
  }

  #close(isLast: boolean): CopyFile {
    const { name, ending, type, begin, end } = this.#form;
    const numbered = isLast && this.#part === 1 ? name : `${name}-${String(this.#part)}`;
    const bytes = Buffer.from([begin(this.#part), ...this.#chunks, end(isLast)].join(''), 'utf8');
    const refs = this.#refs.positions;
    this.#part += 1;
    this.#chunks = [];
    this.#bytes = 0;
    this.#refs = new Spread();
    return { name: `${numbered}.${ending}`, type, bytes, refs };
  }
}

/** Some of very many, evenly from all over. */
class Spread {
  #kept: Position[] = [];
  #every = 1;
  #seen = 0;

  add(position: Position): void {
    if (this.#seen % this.#every === 0) this.#kept.push(position);
    this.#seen += 1;
    if (this.#kept.length <= MOST_REFS) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  get positions(): readonly Position[] {
    return this.#kept.slice(0, MOST_REFS);
  }
}

class Tally {
  readonly #manifest = createHash('sha256');
  #entries = 0;
  #masked = 0;
  #technical = 0;
  #found: CopyFound = { written: 0, received: 0, files: 0, notes: 0 };

  get all(): { readonly records: number; readonly technical: number } {
    return { records: this.#entries, technical: this.#technical };
  }

  add(item: CopyItem): void {
    this.#entries += 1;
    if (item.masked > 0) this.#masked += 1;
    if (item.what === 'technical') this.#technical += 1;
    const kind = foundAs(item);
    this.#found = { ...this.#found, [kind]: this.#found[kind] + 1 };
  }

  *seen(files: readonly CopyFile[]): Generator<CopyFile> {
    for (const file of files) {
      const sha256 = createHash('sha256').update(file.bytes).digest('hex');
      this.#manifest.update(`${sha256}  ${file.name}\n`);
      yield file;
    }
  }

  totals(): CopyTotals {
    return {
      entries: this.#entries,
      files: this.#found.files,
      masked: this.#masked,
      sha256: this.#manifest.digest('hex'),
      found: this.#found,
    };
  }
}

function foundAs({ what, from }: CopyItem): keyof CopyFound {
  switch (what) {
    case 'message':
      return from === YOU ? 'written' : 'received';
    case 'file':
      return 'files';
    case 'note':
    case 'technical':
      return 'notes';
  }
}
