/** Message stanzas of ours. */
import type { GeoPlace } from '../../core/network-entries.ts';
import type { Mark } from '../../core/rich-text.ts';
import { toStyled } from '../text/xep0393.ts';
import { ns } from './namespaces.ts';
import { geoUriOf } from './stanzas/places.ts';
import { xml, type XmlElement } from './xml/element.ts';

export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly id: string;
  readonly kind: 'person' | 'occupant' | 'room';
}

export interface Words {
  readonly text: string;
  readonly marks?: readonly Mark[];
}

export interface Quoted {
  /** As the network calls it. */
  readonly id: string;
  /** Who wrote it, as the network names them. */
  readonly by: string;
  readonly text: string;
}

/** XEP-0334: archives keep it, and a client that is away gets it. */
const store = xml(ns.hints, 'store');
const noStore = xml(ns.hints, 'no-store');
const longestQuote = 300;

/** With what every message of ours has: XEP-0359, and where it can be answered XEP-0184, 0333 and 0085. */
export function messageStanza(envelope: Envelope, payloads: readonly XmlElement[], isWords: boolean): XmlElement {
  const { from, to, id, kind } = envelope;
  const asks = [xml(ns.receipts, 'request'), xml(ns.markers, 'markable'), xml(ns.chatStates, 'active')];
  const extras = [
    xml(ns.sid, 'origin-id', { id }),
    ...(isWords && kind !== 'room' ? asks : []),
    ...(isWords && kind === 'room' ? [xml(ns.markers, 'markable')] : []),
    ...(isWords ? [] : [store]),
    ...(kind === 'occupant' ? [xml(ns.mucUser, 'x')] : []),
  ];
  return xml(ns.component, 'message', { from, to, id, type: typeOf(kind) }, [...payloads, ...extras]);
}

export function bodyOf({ text, marks = [] }: Words): XmlElement[] {
  const { body, unstyled } = toStyled({ text, marks });
  return [element('body', body), ...(unstyled ? [xml(ns.styling, 'unstyled')] : [])];
}

/** XEP-0461, with the quote that other clients show instead (XEP-0428; it counts code points). */
export function answerOf(words: Words, quoted: Quoted): XmlElement[] {
  const said = quoted.text.slice(0, longestQuote).toWellFormed();
  const quote =
    said === ''
      ? ''
      : `${said
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n')}\n`;
  const { body, unstyled } = toStyled({ text: words.text, marks: words.marks ?? [] });
  const end = String(Array.from(quote).length);
  const range = xml(ns.fallback, 'body', { start: '0', end });
  return [
    element('body', `${quote}${body}`),
    replyTo(quoted),
    ...(quote === '' ? [] : [xml(ns.fallback, 'fallback', { for: ns.reply }, [range])]),
    ...(unstyled ? [xml(ns.styling, 'unstyled')] : []),
  ];
}

/** Beside what holds no words of ours. */
export function replyTo({ id, by }: Pick<Quoted, 'id' | 'by'>): XmlElement {
  return xml(ns.reply, 'reply', { id, to: by });
}

/** XEP-0308. */
export function correctionOf(words: Words, original: string): XmlElement[] {
  return [...bodyOf(words), xml(ns.correct, 'replace', { id: original })];
}

/** XEP-0424 as it is now and as slower clients know it. */
export function retractionOf(original: string): XmlElement[] {
  return [
    xml(ns.retract, 'retract', { id: original }),
    xml(ns.fasten, 'apply-to', { id: original }, [xml(ns.retractOld, 'retract')]),
    xml(ns.fallback, 'fallback', { for: ns.retract }),
    element('body', 'A message was deleted, which your client does not support.'),
  ];
}

/** XEP-0444: all there are from now on. */
export function reactionsOf(original: string, keys: readonly string[]): XmlElement[] {
  const each = Array.from(new Set(keys)).map((key) => xml(ns.reactions, 'reaction', {}, [key]));
  return [xml(ns.reactions, 'reactions', { id: original }, each)];
}

/** XEP-0066: clients show the file where the body is its address. */
export function fileOf(url: string): XmlElement[] {
  return [element('body', url), xml(ns.oob, 'x', {}, [xml(ns.oob, 'url', {}, [url])])];
}

/** RFC 5870 for people's clients, XEP-0080 for programs. */
export function placeOf(place: GeoPlace, words: string): XmlElement[] {
  const named = place.name ?? place.address;
  const parts = [
    xml(ns.geoloc, 'lat', {}, [String(place.latitude)]),
    xml(ns.geoloc, 'lon', {}, [String(place.longitude)]),
    ...(place.accuracy === undefined ? [] : [xml(ns.geoloc, 'accuracy', {}, [String(place.accuracy)])]),
    ...(named === undefined ? [] : [xml(ns.geoloc, 'text', {}, [named])]),
  ];
  const body = words === '' ? geoUriOf(place) : `${words}\n${geoUriOf(place)}`;
  return [element('body', body), xml(ns.geoloc, 'geoloc', {}, parts)];
}

/** XEP-0085, by itself. */
export function typingStanza(envelope: Omit<Envelope, 'id'>, on: boolean): XmlElement {
  const state = xml(ns.chatStates, on ? 'composing' : 'paused');
  return plainStanza(envelope, [state, noStore]);
}

/** XEP-0333. */
export function readStanza(envelope: Omit<Envelope, 'id'>, id: string): XmlElement {
  return plainStanza(envelope, [xml(ns.markers, 'displayed', { id }), store]);
}

function plainStanza({ from, to, kind }: Omit<Envelope, 'id'>, payloads: readonly XmlElement[]): XmlElement {
  const all = kind === 'occupant' ? [...payloads, xml(ns.mucUser, 'x')] : payloads;
  return xml(ns.component, 'message', { from, to, type: typeOf(kind) }, all);
}

function typeOf(kind: Envelope['kind']): string {
  return kind === 'room' ? 'groupchat' : 'chat';
}

function element(name: string, text: string): XmlElement {
  return xml(ns.component, name, {}, [text]);
}
