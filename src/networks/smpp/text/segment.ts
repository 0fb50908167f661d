/**
 * Cuts a text into the parts that one SMS can hold: GSM 160 or 153 septets, UCS-2 70 or 67 units, Latin-1 140 or 134
 * octets; one less where the carrier writes the parts' headers, perhaps the longer ones. Never cuts an escape sequence or a surrogate pair, nor what a person sees as one character unless that
 * alone is longer than a part.
 */
import { err, ok, type Result } from '../../../core/result.ts';
import { encodeGsm7 } from './gsm7.ts';

export interface Segments {
  /** The data_coding of every part. */
  readonly dataCoding: 0 | 1 | 3 | 8;
  readonly parts: readonly Buffer[];
  /** One part that is longer than an SMS: the carrier cuts it. */
  readonly uncut?: true;
}

/** How the parts of a long text say that they belong together; `payload` leaves the cutting to the carrier. */
export type LongForm = 'udh' | 'sar' | 'payload';

/** How the carrier wants a text that fits a single-octet alphabet. */
export type OutboundAlphabet = 'gsm' | 'latin1' | 'ascii' | 'ucs2';

interface Coding {
  readonly dataCoding: Segments['dataCoding'];
  /** Octets of `text`; undefined when it has a character that the coding lacks. */
  readonly encode: (text: string) => Buffer | undefined;
  /** An octet of ours takes seven bits of the SMS. */
  readonly septets: boolean;
}

/** Of one SMS (3GPP TS 23.040). */
const octetsPerSms = 140;
/** `05 00 03 RR TT SS` and `06 08 04 RR RR TT SS`. */
const headerOctets: Readonly<Record<LongForm, number>> = { udh: 6, sar: 7, payload: 6 };

const codings: Readonly<Record<OutboundAlphabet, Coding>> = {
  gsm: { dataCoding: 0, encode: encodeGsm7, septets: true },
  ascii: { dataCoding: 1, encode: (text) => within(text, 0x7f), septets: true },
  latin1: { dataCoding: 3, encode: (text) => within(text, 0xff), septets: false },
  ucs2: { dataCoding: 8, encode: utf16be, septets: false },
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The most parts of one message. */
export const maxParts = 10;

/** Octets of ours in an SMS with a header of so many octets. */
function roomBeside(header: number, { septets }: Coding): number {
  const octets = octetsPerSms - header;
  return septets ? Math.floor((octets * 8) / 7) : octets;
}

/** @returns the parts, or how many there would be (at least) when there are more than `maxParts`. */
export function segment(
  text: string,
  alphabet: OutboundAlphabet,
  form: LongForm = 'udh',
): Result<Segments, { readonly parts: number }> {
  const well = text.toWellFormed();
  const narrow = codings[alphabet];
  const whole = narrow.encode(well);
  const coding = whole === undefined ? codings.ucs2 : narrow;
  const octets = whole ?? utf16be(well);
  const { dataCoding } = coding;
  if (octets.length <= roomBeside(0, coding)) return ok({ dataCoding, parts: [octets] });
  const each = roomBeside(headerOctets[form], coding);
  const enough = Math.ceil(octets.length / each);
  if (enough > maxParts) return err({ parts: enough });
  const parts = cut(well, coding, each);
  if (parts.length > maxParts) return err({ parts: parts.length });
  return ok(form === 'payload' ? { dataCoding, parts: [octets], uncut: true } : { dataCoding, parts });
}

/** Code units of the longest text there is: one of the GSM alphabet alone. */
export function longestText(form: LongForm): number {
  return maxParts * roomBeside(headerOctets[form], codings.gsm);
}

function cut(text: string, coding: Coding, each: number): Buffer[] {
  const parts: Buffer[] = [];
  let chunks: Buffer[] = [];
  let used = 0;
  for (const unit of units(text, coding, each)) {
    if (used + unit.length > each) {
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
function* units(text: string, coding: Coding, each: number): Generator<Buffer> {
  for (const { segment: grapheme } of graphemes.segment(text)) {
    const octets = coding.encode(grapheme) ?? Buffer.alloc(0);
    if (octets.length <= each) yield octets;
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
