import { describe, expect, test } from '@jest/globals';
import { textOf, type XmlElement } from '../../../../src/networks/xmpp/xml/element.ts';
import { maxStanzaBytes, StreamReader, type StreamPart } from '../../../../src/networks/xmpp/xml/stream-reader.ts';
import { writeXml } from '../../../../src/networks/xmpp/xml/write.ts';
import { xml } from '../../../../src/networks/xmpp/xml/element.ts';
import { XmlFault } from '../../../../src/networks/xmpp/xml/xml-fault.ts';

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>";

function read(text: string | Buffer, size = Infinity): StreamPart[] {
  const reader = new StreamReader();
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  const parts: StreamPart[] = [];
  const step = Math.min(size, bytes.length);
  for (let at = 0; at < bytes.length; at += step) parts.push(...reader.push(bytes.subarray(at, at + step)));
  return parts;
}

function stanza(text: string): XmlElement {
  const found = read(header + text).find((part) => part.is === 'stanza');
  if (found === undefined) throw new Error('no stanza');
  return found.element;
}

function faultOf(text: string | Buffer): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (error instanceof XmlFault) return error.condition;
    throw error;
  }
}

describe('a stream of XML', () => {
  test('is cut into header, stanzas with their own bytes, and end', () => {
    const one = "<message to='a'><body>ü 😀</body></message>";
    const two = "<iq type='get'/>";
    const parts = read(`${header}${one} \n ${two}</stream:stream>`);
    expect(parts.map(({ is }) => is)).toEqual(['header', 'stanza', 'stanza', 'end']);
    expect(parts[0]?.is === 'header' && parts[0].attrs.get('id')).toBe('s1');
    expect(parts.flatMap((part) => (part.is === 'stanza' ? [part.raw.toString()] : []))).toEqual([one, two]);
  });

  test('means the same byte by byte', () => {
    const text = `${header}<message id="1" from='é@x'><body>a &amp; b &#x1F600; ü😀<![CDATA[<x> & ]]></body></message> <presence/>`;
    expect(read(text, 1)).toEqual(read(text));
    expect(textOf(stanza('<body>ü😀<![CDATA[<x> & ]]>!</body>'))).toBe('ü😀<x> & !');
  });

  test('names elements by namespace, whatever prefix they wear', () => {
    const element = stanza("<a:x xmlns:a='urn:a' xmlns='urn:b'><y/><a:z b:q='1' xml:lang='en' xmlns:b='urn:q'/></a:x>");
    expect(element).toMatchObject({ name: 'x', ns: 'urn:a' });
    expect(element.children).toMatchObject([
      { name: 'y', ns: 'urn:b' },
      { name: 'z', ns: 'urn:a', attrs: { 'xml:lang': 'en' } },
    ]);
  });

  test.each([
    ['a document type', `<?xml version='1.0'?><!DOCTYPE x [<!ENTITY lol "lol">]>`, 'restricted-xml'],
    ['an entity of its own', `${header}<message><body>&lol;</body></message>`, 'restricted-xml'],
    ['an entity by the name of a property', `${header}<message><body>&toString;</body></message>`, 'restricted-xml'],
    ['an entity in an attribute', `${header}<message to='&lol;'/>`, 'restricted-xml'],
    ['an ampersand by itself', `${header}<message><body>a & b</body></message>`, 'restricted-xml'],
    ['a comment', `${header}<!-- hello --><message/>`, 'restricted-xml'],
    ['a processing instruction', `${header}<?php echo ?>`, 'restricted-xml'],
    ['a declaration in the midst', `${header}<?xml version='1.0'?>`, 'restricted-xml'],
    ['an end tag of another element', `${header}<message></iq>`, 'not-well-formed'],
    ['text between stanzas', `${header}hello<message/>`, 'not-well-formed'],
    ['an attribute twice', `${header}<message to='a' to='b'/>`, 'not-well-formed'],
    ['an attribute without quotes', `${header}<message to=a/>`, 'not-well-formed'],
    ['a tag in a tag', `${header}<message <body>`, 'not-well-formed'],
    ['a tag without a name', `${header}< message/>`, 'not-well-formed'],
    ['a control character', `${header}<message><body>\u0007</body></message>`, 'not-well-formed'],
    ['the number of a control character', `${header}<message><body>&#7;</body></message>`, 'not-well-formed'],
    ['the number of a surrogate', `${header}<message><body>&#xD800;</body></message>`, 'not-well-formed'],
    ['a number past Unicode', `${header}<message><body>&#x110000;</body></message>`, 'not-well-formed'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(`${header}<m>`), Buffer.from([0xff, 0x3c])]),
      'not-well-formed',
    ],
    ['a prefix without a namespace', `${header}<a:message/>`, 'bad-namespace-prefix'],
    ['elements too deep', `${header}${'<x>'.repeat(100)}`, 'policy-violation'],
    [
      'too many attributes',
      `${header}<x ${Array.from({ length: 70 }, (_, n) => `a${String(n)}=''`).join(' ')}/>`,
      'policy-violation',
    ],
    ['a stanza too large', `${header}<x>${'y'.repeat(maxStanzaBytes)}`, 'policy-violation'],
    ['a tag too large', `${header}<x a='${'y'.repeat(maxStanzaBytes)}`, 'policy-violation'],
  ])('is refused with %s', (_what, text, condition) => {
    expect(faultOf(text)).toBe(condition);
  });

  test('what is written is read as it was meant, without what XML can not hold', () => {
    const written = writeXml(
      xml('urn:a', 'x', { q: `<'">&\n\t` }, ['a <b> & ]]> \u0000\u0008\uFFFF\uD800 z\r\n', xml('urn:b', 'y')]),
      'jabber:component:accept',
    );
    const element = stanza(written);
    expect(element.attrs['q']).toBe(`<'">&\n\t`);
    expect(textOf(element)).toBe('a <b> & ]]> \uFFFD z\n');
    expect(element.children[1]).toMatchObject({ name: 'y', ns: 'urn:b' });
  });
});
