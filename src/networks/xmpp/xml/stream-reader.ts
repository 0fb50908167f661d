/**
 * Cuts the bytes of an XMPP stream into its header, its stanzas with the bytes they came as, and its end. Strict: no
 * comments, no processing instructions, no document type, no entities of anybody's own (RFC 6120, 11.1); bounded in
 * bytes, depth and attributes. After an XmlFault it must be thrown away.
 */
import { isWritable } from './characters.ts';
import type { XmlElement } from './element.ts';
import { ElementBuilder } from './element-builder.ts';
import { readTag, unescapeXml } from './tag.ts';
import { XmlFault } from './xml-fault.ts';

export type StreamPart =
  | { readonly is: 'header'; readonly attrs: ReadonlyMap<string, string> }
  | { readonly is: 'stanza'; readonly element: XmlElement; readonly raw: Buffer }
  | { readonly is: 'end' };

/** Bytes of one stanza; Prosody's own limit for components is 524,288. */
export const maxStanzaBytes = 1_048_576;

const LT = 0x3c;
const GT = 0x3e;
const BANG = 0x21;
const QUOTES: readonly number[] = [0x22, 0x27];
const CDATA = '![CDATA[';

export class StreamReader {
  readonly #builder = new ElementBuilder();
  #bytes: Buffer = Buffer.alloc(0);
  /** All before it has been read. */
  #at = 0;
  /** Where the stanza begins that is being read. */
  #stanza = 0;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** @throws XmlFault */
  *push(chunk: Uint8Array): Generator<StreamPart> {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#stanza), chunk]);
    this.#at -= this.#stanza;
    this.#stanza = 0;
    for (let part = this.#next(); part !== undefined; part = this.#next()) {
      if (part !== 'more') yield part;
      if (this.#builder.depth <= 1) this.#stanza = this.#at;
    }
    if (this.#bytes.length - this.#stanza > maxStanzaBytes)
      throw new XmlFault('policy-violation', 'a stanza too large');
  }

  /** One tag or text further; undefined where more bytes are needed. */
  #next(): StreamPart | 'more' | undefined {
    const open = this.#bytes.indexOf(LT, this.#at);
    if (open === -1) {
      this.#spaceBetween();
      return undefined;
    }
    if (open > this.#at) {
      this.#builder.text(unescapeXml(this.#decoded(this.#at, open).replace(/\r\n?/gu, '\n')));
      this.#at = open;
    }
    if (this.#builder.depth <= 1) this.#stanza = open;
    if (this.#bytes[open + 1] !== BANG) return this.#tagAt(open);
    if (this.#bytes.length - open <= CDATA.length) return undefined;
    if (this.#bytes.toString('latin1', open + 1, open + 1 + CDATA.length) === CDATA) return this.#cdataAt(open);
    throw new XmlFault('restricted-xml', 'a comment or a document type');
  }

  /** Servers keep a connection alive with spaces between stanzas: they are not kept. */
  #spaceBetween(): void {
    if (this.#builder.depth > 1 || this.#at >= this.#bytes.length) return;
    this.#builder.text(this.#bytes.toString('latin1', this.#at));
    this.#at = this.#bytes.length;
    this.#stanza = this.#at;
  }

  #tagAt(open: number): StreamPart | 'more' | undefined {
    const close = this.#endOfTag(open + 1);
    if (close === undefined) return undefined;
    const text = this.#decoded(open + 1, close);
    this.#at = close + 1;
    if (text.startsWith('?')) return this.#declaration(text);
    const done = this.#builder.tag(readTag(text));
    if (done === undefined) return 'more';
    if (done.is !== 'stanza') return done;
    return { ...done, raw: Buffer.from(this.#bytes.subarray(this.#stanza, this.#at)) };
  }

  #cdataAt(open: number): 'more' | undefined {
    const close = this.#bytes.indexOf(']]>', open);
    if (close === -1) return undefined;
    const text = this.#decoded(open + 1 + CDATA.length, close);
    if (!isWritable(text)) throw new XmlFault('not-well-formed', 'a character that XML does not have');
    this.#builder.text(text);
    this.#at = close + 3;
    return 'more';
  }

  #declaration(text: string): 'more' {
    if (this.#builder.depth > 0 || !/^\?xml\s[^?]*\?$/u.test(text)) {
      throw new XmlFault('restricted-xml', 'a processing instruction');
    }
    return 'more';
  }

  #endOfTag(from: number): number | undefined {
    let quote = 0;
    for (let at = from; at < this.#bytes.length; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (quote !== 0) {
        if (byte === quote) quote = 0;
      } else if (byte === GT) return at;
      else if (byte === LT) throw new XmlFault('not-well-formed', 'a tag within a tag');
      else if (QUOTES.includes(byte)) quote = byte;
    }
    return undefined;
  }

  #decoded(from: number, to: number): string {
    try {
      return this.#utf8.decode(this.#bytes.subarray(from, to));
    } catch {
      throw new XmlFault('not-well-formed', 'bytes that are no UTF-8');
    }
  }
}
