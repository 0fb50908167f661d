import { describe, expect, test } from '@jest/globals';
import { contentOf } from '../../../../src/networks/xmpp/stanzas/content.ts';
import { reactionsOf, retractionOf } from '../../../../src/networks/xmpp/stanzas/payload.ts';
import { geoUriOf } from '../../../../src/networks/xmpp/stanzas/places.ts';
import { stanzaOf } from './stanza.ts';

function content(inner: string): ReturnType<typeof contentOf> {
  return contentOf(stanzaOf(`<message>${inner}</message>`));
}

describe('what an XMPP message says', () => {
  test('styling becomes marks, unless the sender says that there is none', () => {
    expect(content('<body>so *much*</body>')).toEqual({
      text: 'so much',
      marks: [{ as: 'bold', start: 3, length: 4 }],
    });
    expect(content("<body>so *much*</body><unstyled xmlns='urn:xmpp:styling:0'/>")).toEqual({ text: 'so *much*' });
  });

  test('subject and body are both said; of several languages the one without a name', () => {
    expect(content('<subject>Offer</subject><body>For you</body>')?.text).toBe('Offer\nFor you');
    expect(content("<body xml:lang='de'>Hallo</body><body>Hello</body>")?.text).toBe('Hello');
  });

  test('the quote that stands in for a reply is left out, counted in code points', () => {
    const fallback = (ns: string) =>
      `<body>&gt; 😀 hi\nfine</body><reply xmlns='urn:xmpp:reply:0' id='1' to='a@b'/><fallback xmlns='${ns}' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback>`;
    expect(content(fallback('urn:xmpp:fallback:0'))?.text).toBe('fine');
    expect(content(fallback('urn:xmpp:feature-fallback:0'))?.text).toBe('fine');
  });

  test('words that stand in for what is not understood here are kept', () => {
    const inner = "<body>A poll: lunch?</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:example:poll'/>";
    expect(content(inner)?.text).toBe('A poll: lunch?');
  });

  test.each(['-1', 'x', '99999999999999999999', '1e3'])('a fallback with the bound %j does no harm', (end) => {
    const inner = `<body>fine</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='9' end='${end}'/></fallback>`;
    expect(content(inner)?.text).toBe('fine');
  });

  test.each([
    ["<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>I sent you an OMEMO message</body>", 'OMEMO'],
    ["<x xmlns='jabber:x:encrypted'>qANQR1DBwU4DX7jmYZnncm...</x><body>encrypted</body>", 'OpenPGP'],
    ["<encryption xmlns='urn:xmpp:eme:0' namespace='im:ptx:0' name='Ptx'/><body>encrypted</body>", 'Ptx'],
  ])('an encrypted message is shown as one, without the words that stand in for it', (inner, name) => {
    expect(content(inner)).toEqual({ text: '', unsupported: expect.stringContaining(`encrypted (${name})`) });
  });

  test('a file by link is an attachment, and its address is not said twice', () => {
    const url = 'https://upload.example.org/slot/a%20b.JPG?x=1';
    const inner = `<body>${url}</body><x xmlns='jabber:x:oob'><url>${url}</url></x>`;
    expect(content(inner)).toEqual({ text: '', attachments: [{ kind: 'image', ref: url, name: 'a b.JPG' }] });
  });

  test('what XEP-0447 says of a file is told with it', () => {
    const sha = Buffer.alloc(32, 7);
    const inner = `<body>https://x.example/f</body><file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'>
      <file xmlns='urn:xmpp:file:metadata:0'><media-type>video/mp4</media-type><name>tour.mp4</name><size>3</size>
      <width>4</width><height>5</height><length>6000</length>
      <hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${sha.toString('base64')}</hash></file>
      <sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://x.example/f'/></sources></file-sharing>`;
    expect(content(inner)).toEqual({
      text: '',
      attachments: [
        {
          ...{ kind: 'video', ref: 'https://x.example/f', name: 'tour.mp4', type: 'video/mp4', size: 3 },
          ...{ width: 4, height: 5, durationMs: 6_000, sha256: sha.toString('hex') },
        },
      ],
    });
  });

  test.each([
    ['aesgcm://upload.example/f#key', 'encrypted'],
    ['ftp://upload.example/f', "can't be followed (ftp)"],
    ['javascript:alert(1)', "can't be followed (javascript)"],
  ])('the address %s is fetched by nobody', (url, words) => {
    const said = content(`<body>${url}</body><x xmlns='jabber:x:oob'><url>${url}</url></x>`);
    expect(said).toEqual({ text: '', unsupported: expect.stringContaining(words) });
  });

  test('a place comes as geo URI or as XEP-0080', () => {
    expect(content('<body>geo:52.5163,13.3777;u=35</body>')).toEqual({
      text: '',
      location: { latitude: 52.5163, longitude: 13.3777, accuracy: 35 },
    });
    const loc =
      "<geoloc xmlns='http://jabber.org/protocol/geoloc'><lat>45.44</lat><lon>12.33</lon><text>Venice</text></geoloc>";
    expect(content(`<body>I am here</body>${loc}`)).toEqual({
      text: 'I am here',
      location: { latitude: 45.44, longitude: 12.33, name: 'Venice' },
    });
  });

  test.each(['geo:91,0', 'geo:0,181', 'geo:x,y', 'go to geo:1,2'])('%j is no place but words', (text) => {
    expect(content(`<body>${text}</body>`)).toEqual({ text });
  });

  test('a place is written without exponents', () => {
    expect(geoUriOf({ latitude: 0.00000001, longitude: -13.3777 })).toBe('geo:0,-13.3777');
  });

  test('a call is shown once, by whoever calls', () => {
    expect(content("<propose xmlns='urn:xmpp:jingle-message:0' id='c'/>")?.unsupported).toContain('a call');
    expect(content("<retract xmlns='urn:xmpp:jingle-message:0' id='c'/>")).toBeUndefined();
  });

  test('reactions are a set, without what is empty or endless', () => {
    const each = ['👍', '👍', '', 'x'.repeat(65), '🐢'].map((key) => `<reaction>${key}</reaction>`).join('');
    const stanza = stanzaOf(`<message><reactions xmlns='urn:xmpp:reactions:0' id='a'>${each}</reactions></message>`);
    expect(reactionsOf(stanza)).toEqual({ id: 'a', keys: ['👍', '🐢'] });
  });

  test('a retraction is read as it is now and as it was', () => {
    const now = "<message><retract xmlns='urn:xmpp:message-retract:1' id='a'/></message>";
    const old =
      "<message><apply-to xmlns='urn:xmpp:fasten:0' id='a'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to></message>";
    for (const text of [now, old]) expect(retractionOf(stanzaOf(text))).toEqual({ id: 'a', moderated: false });
  });
});
