/** A stanza for tests, as the stream's reader makes it. */
import type { XmlElement } from '../../../../src/networks/xmpp/xml/element.ts';
import { StreamReader } from '../../../../src/networks/xmpp/xml/stream-reader.ts';

export function stanzaOf(text: string): XmlElement {
  const reader = new StreamReader();
  const stream = `<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`;
  for (const part of reader.push(Buffer.from(stream + text))) if (part.is === 'stanza') return part.element;
  throw new Error('no stanza');
}
