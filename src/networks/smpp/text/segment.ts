/**
 * Cuts a text into the parts that one SMS can hold: GSM 160 or 153 septets, UCS-2 70 or 67 units, Latin-1 140 or 134
 * octets. Never cuts an escape sequence or a surrogate pair, nor what a person sees as one character unless that
 * alone is longer than a part.
 */
import { err, ok, type Result } from '../../../core/result.ts';
import { encodeGsm7 } from './gsm7.ts';

export interface Segments {
  /** The data_coding of every part. */
  readonly dataCoding: 0 | 1 | 3 | 8;
  readonly parts: readonly Buffer[];
}

/** How the carrier wants a text that fits a single-octet alphabet. */
export type OutboundAlphabet = 'gsm' | 'latin1' | 'ascii' | 'ucs2';

interface Coding {
  readonly dataCoding: Segments['dataCoding'];
  /** Octets of `text`; undefined when it has a character that the coding lacks. */
  readonly encode: (text: string) => Buffer | undefined;
  /** Octets in a message of one part, and in each of several. */
  readonly single: number;
  readonly each: number;
}

const codings: Readonly<Record<OutboundAlphabet, Coding>> = {
  gsm: { dataCoding: 0, encode: encodeGsm7, single: 160, each: 153 },
  ascii: { dataCoding: 1, encode: (text) => within(text, 0x7f), single: 160, each: 153 },
  latin1: { dataCoding: 3, encode: (text) => within(text, 0xff), single: 140, each: 134 },
  ucs2: { dataCoding: 8, encode: utf16be, single: 140, each: 134 },
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The most parts of one message. */
export const maxParts = 10;

/** @returns the parts, or how many there would be (at least) when there are more than `maxParts`. */
export function segment(text: string, alphabet: OutboundAlphabet): Result<Segments, { readonly parts: number }> {
  const well = text.toWellFormed();
  const narrow = codings[alphabet];
  const whole = narrow.encode(well);
  const coding = whole === undefined ? codings.ucs2 : narrow;
  const octets = whole ?? utf16be(well);
  if (octets.length <= coding.single) return ok({ dataCoding: coding.dataCoding, parts: [octets] });
  const enough = Math.ceil(octets.length / coding.each);
  if (enough > maxParts) return err({ parts: enough });
  const parts = cut(well, coding);
  return parts.length > maxParts ? err({ parts: parts.length }) : ok({ dataCoding: coding.dataCoding, parts });
}

function cut(text: string, coding: Coding): Buffer[] {
  const parts: Buffer[] = [];
  let chunks: Buffer[] = [];
  let used = 0;
  for (const unit of units(text, coding)) {
    if (used + unit.length > coding.each) {
      parts.push(Buffer.concat(chunks));
      chunks = [];
      used = 0;
    }
    chunks.push(unit);
    used += unit.length;
  }
  return used > 0 ? [...parts, Buffer.concat(chunks)] : parts;
}

/** What must stay together, encoded. */
function* units(text: string, coding: Coding): Generator<Buffer> {
  for (const { segment: grapheme } of graphemes.segment(text)) {
    const octets = coding.encode(grapheme) ?? Buffer.alloc(0);
    if (octets.length <= coding.each) yield octets;
    else for (const char of grapheme) yield coding.encode(char) ?? Buffer.alloc(0);
  }
}

function within(text: string, highest: number): Buffer | undefined {
  for (const char of text) if ((char.codePointAt(0) ?? 0) > highest) return undefined;
  return Buffer.from(text, 'latin1');
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
