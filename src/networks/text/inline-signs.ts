/**
 * Marks written as signs around words, within one line: `*b* _i_ ~s~ `c``. WhatsApp and XEP-0393 share all but where a
 * sign may stand. Reading is one pass for each depth of nesting, of which there are as many as signs.
 */
import type { InlineMark, RichText } from '../../core/rich-text.ts';
import { RichBuilder } from './rich-builder.ts';

export type SignedKind = 'bold' | 'italic' | 'strike' | 'code';

/** What a line is read by. `before` and `after` are the units beside the sign, undefined at the line's ends. */
export interface SignRules {
  readonly opens: (before: string | undefined, after: string | undefined) => boolean;
  readonly closes: (before: string | undefined, after: string | undefined) => boolean;
  /** Runs in which no sign means anything, as pairs of start and end. */
  readonly opaque: (line: string) => readonly (readonly [number, number])[];
  /** A written line with a guard in whatever means something beyond it, such as a fence. */
  readonly guard?: (line: string) => string;
}

export const SIGNS: Readonly<Record<SignedKind, string>> = { bold: '*', italic: '_', strike: '~', code: '`' };

const KINDS: ReadonlyMap<string, SignedKind> = new Map<string, SignedKind>([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
  ['`', 'code'],
]);

export function kindOfSign(sign: string): SignedKind | undefined {
  return KINDS.get(sign);
}

export function isSigned(mark: { readonly as: string }): mark is InlineMark & { readonly as: SignedKind } {
  return mark.as in SIGNS;
}

/** The words of one line and what its signs say of them. The first sign that can close closes. */
export function readSigns(line: string, rules: SignRules): RichText {
  const builder = new RichBuilder();
  readInto(builder, line, rules);
  return builder.build();
}

function readInto(builder: RichBuilder, line: string, rules: SignRules): void {
  const reading = new LineReading(line, rules);
  let plain = 0;
  for (let at = 0; at < line.length;) {
    const close = reading.closeOf(at);
    const as = KINDS.get(line.charAt(at));
    if (close === undefined || as === undefined) {
      at += 1;
      continue;
    }
    builder.add(line.slice(plain, at));
    const start = builder.length;
    const inside = line.slice(at + 1, close);
    if (as === 'code') builder.add(inside);
    else readInto(builder, inside, rules);
    builder.mark({ as, start, length: builder.length - start });
    at = close + 1;
    plain = at;
  }
  builder.add(line.slice(plain));
}

/** Knows for each sign where the next one that closes is, so that no stretch is searched twice. */
class LineReading {
  readonly #line: string;
  readonly #rules: SignRules;
  readonly #opaque: readonly (readonly [number, number])[];
  readonly #next = new Map<string, number>();
  #run = 0;

  constructor(line: string, rules: SignRules) {
    this.#line = line;
    this.#rules = rules;
    this.#opaque = rules.opaque(line);
  }

  /** Where the sign at `at` is closed, if it opens something. Asked from the front to the end. */
  closeOf(at: number): number | undefined {
    const sign = this.#line.charAt(at);
    if (!KINDS.has(sign) || this.#isOpaque(at)) return undefined;
    if (!this.#rules.opens(this.#line[at - 1], this.#line[at + 1])) return undefined;
    const close = this.#closeAfter(sign, at + 2);
    return close === this.#line.length ? undefined : close;
  }

  #closeAfter(sign: string, from: number): number {
    const known = this.#next.get(sign) ?? 0;
    if (known >= from) return known;
    let at = this.#line.indexOf(sign, from);
    while (at !== -1 && !this.#rules.closes(this.#line[at - 1], this.#line[at + 1])) {
      at = this.#line.indexOf(sign, at + 1);
    }
    const close = at === -1 ? this.#line.length : at;
    this.#next.set(sign, close);
    return close;
  }

  #isOpaque(at: number): boolean {
    let run = this.#opaque[this.#run];
    while (run !== undefined && run[1] <= at) {
      this.#run += 1;
      run = this.#opaque[this.#run];
    }
    return run !== undefined && run[0] <= at;
  }
}
