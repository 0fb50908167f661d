/**
 * What we answer to iqs: what we are and can (XEP-0030, XEP-0115), a line's card (XEP-0054), a ping (XEP-0199). Anything
 * else is refused, as RFC 6120, 8.4 wants it.
 */
import { createHash } from 'node:crypto';
import type { Address } from '../../core/ids.ts';
import { readJid } from './jid.ts';
import type { Lines } from './lines.ts';
import { ns } from './namespaces.ts';
import { errorReply } from './stanzas/errors.ts';
import { elementsOf, xml, type XmlElement } from './xml/element.ts';

/** Exactly what is done: see `content.ts`, `payload.ts` and `outbound.ts`. */
const lineFeatures: readonly string[] = [
  ns.chatStates,
  ns.discoInfo,
  ns.geoloc,
  ns.invitation,
  ns.muc,
  ns.vcard,
  ns.oob,
  ns.markers,
  ns.fallback,
  ns.fileSharing,
  ns.correct,
  ns.retract,
  ns.ping,
  ns.reactions,
  ns.receipts,
  ns.reply,
  ns.sid,
  ns.styling,
].toSorted();
const componentFeatures: readonly string[] = [ns.discoInfo, ns.discoItems, ns.ping].toSorted();
const capsNode = 'https://gatehouse.example/xmpp';

/** XEP-0115, 5.1: our one client's identity and features, hashed. */
const version = createHash('sha1')
  .update(`client/bot//Gatehouse<${lineFeatures.map((one) => `${one}<`).join('')}`, 'utf8')
  .digest('base64');

/** Goes with each presence of a line. */
export const caps = xml(ns.caps, 'c', { hash: 'sha-1', node: capsNode, ver: version });

/** The answer to an iq that asks; undefined for an answer to somebody, which gets none. */
export function answerTo(iq: XmlElement, lines: Lines): XmlElement | undefined {
  const { type, from, to = '', id } = iq.attrs;
  if (type !== 'get' && type !== 'set') return undefined;
  const [query] = elementsOf(iq);
  if (id === undefined || query === undefined) return errorReply(iq, 'modify', 'bad-request');
  const result = type === 'get' ? payloadAt(to, query, lines) : undefined;
  if (result === undefined) return errorReply(iq, 'cancel', 'service-unavailable');
  if (result === 'no-such-node') return errorReply(iq, 'cancel', 'item-not-found');
  return xml(ns.component, 'iq', { type: 'result', from: to, to: from, id }, result === 'nothing' ? [] : [result]);
}

/** Nobody but a line and the component itself is there to answer. */
function payloadAt(to: string, query: XmlElement, lines: Lines): Payload {
  const jid = readJid(to);
  const line = jid === undefined ? undefined : lines.at(jid);
  return line === undefined && jid?.local !== '' ? undefined : payloadFor(query, line, lines);
}

type Payload = XmlElement | 'nothing' | 'no-such-node' | undefined;

function payloadFor(query: XmlElement, line: Address | undefined, lines: Lines): Payload {
  switch (`${query.ns} ${query.name}`) {
    case `${ns.ping} ping`:
      return 'nothing';
    case `${ns.discoInfo} query`:
      return infoFor(query.attrs['node'], line, lines);
    case `${ns.discoItems} query`:
      return itemsFor(query.attrs['node']);
    case `${ns.vcard} vCard`:
      return xml(ns.vcard, 'vCard', {}, [xml(ns.vcard, 'FN', {}, [nameOf(line, lines)])]);
    default:
      return undefined;
  }
}

function infoFor(node: string | undefined, line: Address | undefined, lines: Lines): Payload {
  const known = node === undefined || node === '' || (line !== undefined && node === `${capsNode}#${version}`);
  if (!known) return 'no-such-node';
  const identity =
    line === undefined
      ? { category: 'component', type: 'generic', name: nameOf(line, lines) }
      : { category: 'client', type: 'bot', name: 'Gatehouse' };
  const features = line === undefined ? componentFeatures : lineFeatures;
  return xml(ns.discoInfo, 'query', { node }, [
    xml(ns.discoInfo, 'identity', identity),
    ...features.map((feature) => xml(ns.discoInfo, 'feature', { var: feature })),
  ]);
}

/** Lines are not listed: who the company's people are is not for everybody to read. */
function itemsFor(node: string | undefined): Payload {
  return node === undefined || node === '' ? xml(ns.discoItems, 'query') : 'no-such-node';
}

function nameOf(line: Address | undefined, lines: Lines): string {
  return line === undefined ? lines.domain : lines.nameOf(line);
}
