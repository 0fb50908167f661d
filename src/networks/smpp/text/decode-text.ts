/** A message's octets as text. Never fails: what can't be read is shown as U+FFFD, or said to be binary. */
import iconv from 'iconv-lite';
import { dataCoding, type Charset } from './data-coding.ts';
import { decodeGsm7, unpackSeptets } from './gsm7.ts';
import { nationalTables } from './national-tables.ts';
import type { HeaderElement } from './udh.ts';

/** What this carrier means by data_coding 0. */
export type DefaultAlphabet = 'gsm' | 'gsm-packed' | 'latin1' | 'ascii';

export interface CodedOctets {
  readonly dataCoding: number;
  readonly elements: readonly HeaderElement[];
  readonly payload: Buffer;
}

export type Decoded = { readonly text: string } | { readonly binary: number };

/** Neighbours of one coding are joined before they are decoded: bad senders cut characters in two. */
export function decodeParts(parts: readonly CodedOctets[], alphabet: DefaultAlphabet): readonly Decoded[] {
  const runs: CodedOctets[][] = [];
  for (const part of parts) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && joinable(run[0], part, alphabet)) run.push(part);
    else runs.push([part]);
  }
  return runs.map((run) => decodeRun(run, alphabet));
}

/** Packed septets begin anew with each part. */
function joinable(a: CodedOctets, b: CodedOctets, alphabet: DefaultAlphabet): boolean {
  const packed = alphabet === 'gsm-packed' && dataCoding(a.dataCoding).charset === 'default';
  return a.dataCoding === b.dataCoding && !packed && a.elements.length === b.elements.length;
}

function decodeRun(run: readonly CodedOctets[], alphabet: DefaultAlphabet): Decoded {
  const first = run[0];
  if (first === undefined) return { text: '' };
  const octets = run.length === 1 ? first.payload : Buffer.concat(run.map((part) => part.payload));
  const { charset } = dataCoding(first.dataCoding);
  if (charset === 'octets') return decodeOctets(octets);
  return { text: decodeCharset(octets, charset === 'default' ? alphabet : charset, first.elements) };
}

function decodeCharset(
  octets: Buffer,
  charset: Exclude<Charset, 'default' | 'octets'> | DefaultAlphabet,
  elements: readonly HeaderElement[],
): string {
  switch (charset) {
    case 'gsm':
      return decodeGsm7(octets, nationalTables(elements));
    case 'gsm-packed':
      return decodeGsm7(unpackSeptets(octets), nationalTables(elements));
    case 'ucs2':
      return decodeUtf16(octets);
    case 'ascii':
    case 'latin1':
      return octets.toString('latin1');
    case 'iso-2022-jp':
      return new TextDecoder('iso-2022-jp').decode(octets);
    default:
      return iconv.decode(octets, charset).toWellFormed();
  }
}

/** UCS-2 is read as UTF-16BE, which phones send; half a character at the end and lone surrogates show as U+FFFD. */
function decodeUtf16(octets: Buffer): string {
  const even = octets.length - (octets.length % 2);
  const text = Buffer.from(octets.subarray(0, even)).swap16().toString('utf16le').toWellFormed();
  return even === octets.length ? text : `${text}\ufffd`;
}

/** 8-bit data that is nothing but printable text is text to the person who reads it. */
function decodeOctets(octets: Buffer): Decoded {
  const printable = /^[\t\n\r\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]*$/u;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    return printable.test(text) ? { text } : { binary: octets.length };
  } catch {
    return { binary: octets.length };
  }
}
