/** What a message says: its words without what only stands there for simpler clients, its files, its place. */
import type { MessageContent } from '../../../core/network-entries.ts';
import type { RichText } from '../../../core/rich-text.ts';
import { fromStyled } from '../../text/xep0393.ts';
import { ns } from '../namespaces.ts';
import { childOf, childrenOf, elementsOf, textOf, type XmlElement } from '../xml/element.ts';
import { filesOf } from './attachments.ts';
import { placeOfStanza, placeOfText } from './places.ts';

/** Standards whose payload is understood, so that the words that stand in for it are left out. */
const understood: readonly string[] = [
  ns.reply,
  ns.retract,
  ns.retractOld,
  ns.reactions,
  ns.oob,
  ns.fileSharing,
  ns.fasten,
];

const encryptions: Readonly<Record<string, string>> = {
  'eu.siacs.conversations.axolotl': 'OMEMO',
  'urn:xmpp:omemo:2': 'OMEMO',
  'urn:xmpp:omemo:1': 'OMEMO',
  'jabber:x:encrypted': 'OpenPGP',
  'urn:xmpp:openpgp:0': 'OpenPGP',
  'urn:xmpp:otr:0': 'OTR',
};

/** Undefined where it says nothing at all. */
export function contentOf(stanza: XmlElement): MessageContent | undefined {
  const encrypted = encryptionOf(stanza);
  if (encrypted !== undefined) {
    return { text: '', unsupported: `a message that is encrypted (${encrypted}): ask for it without encryption` };
  }
  const call = elementsOf(stanza).find((one) => one.ns === ns.jingleMessage);
  return call === undefined ? saidIn(stanza) : callOf(call);
}

function saidIn(stanza: XmlElement): MessageContent | undefined {
  const { files, unfetchable, urls } = filesOf(stanza);
  const words = wordsOf(stanza, urls);
  const place = placeOfText(words);
  const rich = place === undefined ? styled(stanza, words) : { text: '', marks: [] };
  const location = placeOfStanza(stanza) ?? place;
  const parts = {
    ...(rich.marks.length === 0 ? {} : { marks: rich.marks }),
    ...(files.length === 0 ? {} : { attachments: files }),
    ...(location === undefined ? {} : { location }),
    ...(unfetchable.length === 0 ? {} : { unsupported: unfetchableWords(unfetchable) }),
  };
  return rich.text === '' && Object.keys(parts).length === 0 ? undefined : { text: rich.text, ...parts };
}

/** XEP-0353: only who calls is told; the rest of a call's messages say nothing to people. */
function callOf(call: XmlElement): MessageContent | undefined {
  return call.name === 'propose' ? { text: '', unsupported: 'a call: calls are not answered here' } : undefined;
}

function unfetchableWords(schemes: readonly string[]): string {
  return schemes.includes('aesgcm')
    ? 'a file that is encrypted: ask for it without encryption'
    : `a link that can't be followed (${schemes[0] ?? ''})`;
}

function encryptionOf(stanza: XmlElement): string | undefined {
  const named = childOf(stanza, ns.encryption, 'encryption');
  const namespaces = [named?.attrs['namespace'] ?? '', ...elementsOf(stanza).map((one) => one.ns)];
  const known = namespaces.find((one) => Object.hasOwn(encryptions, one));
  if (known !== undefined) return encryptions[known];
  return named === undefined ? undefined : (named.attrs['name'] ?? 'unknown').slice(0, 40);
}

function styled(stanza: XmlElement, words: string): RichText {
  return fromStyled(words, childOf(stanza, ns.styling, 'unstyled') !== undefined);
}

/** Subject and body; a body that only repeats a file's address says nothing. */
function wordsOf(stanza: XmlElement, urls: readonly string[]): string {
  const bodies = childrenOf(stanza, ns.component, 'body');
  const body = withoutFallbacks(stanza, textOf(bodies.find((one) => one.attrs['xml:lang'] === undefined) ?? bodies[0]));
  const said = urls.includes(body.trim()) ? '' : body;
  const subject = textOf(childOf(stanza, ns.component, 'subject')).trim();
  return subject === '' ? said : `${subject}\n${said}`.trim();
}

/** XEP-0428: `start` and `end` count code points (XEP-0426); without them the whole body is meant. */
function withoutFallbacks(stanza: XmlElement, body: string): string {
  const marked = [...childrenOf(stanza, ns.fallback, 'fallback'), ...childrenOf(stanza, ns.fallbackOld, 'fallback')];
  const meant = marked.filter((one) => understood.includes(one.attrs['for'] ?? ''));
  if (meant.length === 0) return body;
  const points = Array.from(body);
  for (const one of meant) {
    const ranges = elementsOf(one).filter((range) => range.name === 'body');
    if (elementsOf(one).length === 0) return '';
    for (const range of ranges) blank(points, range);
  }
  return points.join('');
}

function blank(points: string[], { attrs }: XmlElement): void {
  const start = boundOf(attrs['start'], 0);
  const end = boundOf(attrs['end'], points.length);
  for (let at = start; at < Math.min(end, points.length); at += 1) points[at] = '';
}

function boundOf(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : otherwise;
}
