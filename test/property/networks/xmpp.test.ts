import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJid, fullOf } from '../../../src/networks/xmpp/jid.ts';
import { contentOf } from '../../../src/networks/xmpp/stanzas/content.ts';
import { textOf, xml, type XmlElement, type XmlNode } from '../../../src/networks/xmpp/xml/element.ts';
import { StreamReader, type StreamPart } from '../../../src/networks/xmpp/xml/stream-reader.ts';
import { writeXml } from '../../../src/networks/xmpp/xml/write.ts';
import { XmlFault } from '../../../src/networks/xmpp/xml/xml-fault.ts';
import { ns } from '../../../src/networks/xmpp/namespaces.ts';

const header = Buffer.from(
  "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>",
);

/** What is read until it is refused. */
function read(pieces: readonly Uint8Array[]): { readonly parts: StreamPart[]; readonly fault?: string } {
  const reader = new StreamReader();
  const parts: StreamPart[] = [];
  try {
    for (const piece of pieces) for (const part of reader.push(piece)) parts.push(part);
    return { parts };
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return { parts, fault: error.condition };
  }
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((one) => one % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

const names = fc.constantFrom(
  'message',
  'body',
  'x',
  'url',
  'fallback',
  'reply',
  'geoloc',
  'lat',
  'lon',
  'file-sharing',
);
const spaces = fc.constantFrom(...Object.values(ns));
const texts = fc.string({ unit: 'binary', maxLength: 20 });
const element: fc.Memo<XmlElement> = fc.memo((depth) =>
  fc
    .tuple(spaces, names, fc.dictionary(fc.constantFrom('id', 'for', 'to', 'start', 'end'), texts), nodes(depth))
    .map(([space, name, attrs, children]) => xml(space, name, attrs, children)),
);
const nodes = (depth: number): fc.Arbitrary<XmlNode[]> =>
  depth <= 1 ? fc.array(texts, { maxLength: 2 }) : fc.array(fc.oneof(texts, element(depth - 1)), { maxLength: 4 });

const wild = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '/',
        '&',
        ';',
        '"',
        "'",
        '=',
        '!',
        '?',
        '[',
        'a',
        ' ',
        'amp',
        '#x41',
        'ü',
        '<a',
        '</a>',
        '<![CDATA[',
        ']]>',
      ),
      { maxLength: 30 },
    )
    .map((all) => Buffer.from(all.join(''))),
);

describe('XML from a network', () => {
  test('whatever comes is read or refused, the same however it is cut', () => {
    fc.assert(
      fc.property(wild, fc.array(fc.nat(), { maxLength: 8 }), (bytes, at) => {
        const whole = Buffer.concat([header, bytes]);
        const [one, other] = [read(cut(whole, at)), read([whole])];
        expect(one.parts).toEqual(other.parts);
        expect(one.fault === undefined).toBe(other.fault === undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  test('whatever we write is well-formed, and its words are what XML can hold of ours', () => {
    fc.assert(
      fc.property(element(4), texts, (given, text) => {
        const stanza = xml(ns.component, 'message', { id: text }, [given, text]);
        const { parts, fault } = read([header, Buffer.from(writeXml(stanza, ns.component))]);
        expect(fault).toBeUndefined();
        const [, part] = parts;
        const kept = text
          .toWellFormed()
          .replace(/\r\n?/gu, '\n')
          .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
        expect(part?.is === 'stanza' ? textOf(part.element) : undefined).toBe(kept);
        expect(part?.is === 'stanza' ? part.element.attrs['id'] : undefined).toBe(kept);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what a stanza says is found out without throwing, and its marks lie within its words', () => {
    fc.assert(
      fc.property(element(5), (given) => {
        const said = contentOf(xml(ns.component, 'message', {}, [given]));
        for (const { start, length } of said?.marks ?? [])
          expect(start + length).toBeLessThanOrEqual(said?.text.length ?? 0);
        for (const { ref } of said?.attachments ?? []) expect(ref).toMatch(/^https?:\/\//iu);
      }),
      { numRuns: 1_000 },
    );
  });

  test('an address that was folded once stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 10 }),
        fc.string({ unit: 'grapheme', maxLength: 10 }),
        (local, resource) => {
          const jid = readJid(`${local}@Example.org/${resource}`);
          if (jid === undefined) return;
          const again = readJid(fullOf(jid));
          expect(again).toEqual(jid);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
