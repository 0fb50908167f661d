/** A customer at an XMPP client: does what people do there, and tells what they see. */
import { createHash } from 'node:crypto';
import { chatKey, remoteIdOf, wireIdOf } from '../../../src/networks/xmpp/message-ids.ts';
import type { Address, RemoteId } from '../../../src/core/ids.ts';
import type { PresenceState } from '../../../src/core/ports/outbound.ts';
import type { KitFile, Shown, Told } from '../../contract/network.ts';
import { until } from '../carrier.ts';
import { escaped, XmppClient, type Element } from './client.ts';
import { prosodyDomain, uploadDomain, type Prosody } from './prosody.ts';

const asks = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>";
const states = 'http://jabber.org/protocol/chatstates';
const geo = /^geo:(-?[\d.]+),(-?[\d.]+)/u;

export class XmppCustomer {
  readonly bare: string;
  readonly client: XmppClient;
  /** Nobody hears at the line: nothing is waited for. */
  lineIsAway = false;
  closed = false;
  readonly #files = new Map<string, string>();
  readonly #waiting = new Set<(taken: boolean) => void>();
  #last = '';
  #written = '';

  private constructor(name: string, client: XmppClient) {
    this.bare = `${name}@${prosodyDomain}`;
    this.client = client;
  }

  static async connect(prosody: Prosody, name: string): Promise<XmppCustomer> {
    return new XmppCustomer(name, await XmppClient.connect(prosody.c2sPort, name));
  }

  /** What the line told beside messages, in order. */
  get told(): Told[] {
    return this.client.stanzas.flatMap(toldBy);
  }

  says(line: string, text: string): Promise<boolean> {
    return this.saysXml(line, `<body>${escaped(text)}</body><active xmlns='${states}'/>`);
  }

  /** True when a receipt came, false when it was given back. */
  async saysXml(line: string, payload: string, note = true): Promise<boolean> {
    const id = `c-${String(Math.random()).slice(2)}`;
    if (note) this.#last = id;
    return this.#gives(id, `<message type='chat' to='${line}' id='${id}'>${payload}${asks}</message>`);
  }

  repeats(): Promise<boolean> {
    return this.#gives(this.#last, this.#written);
  }

  replies(line: string, text: string): Promise<boolean> {
    const newest = this.#newestOf(line);
    const quote = `> ${newest.text('body') ?? ''}\n`;
    const end = String(Array.from(quote).length);
    const fallback = `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='${end}'/></fallback>`;
    const reply = `<reply xmlns='urn:xmpp:reply:0' to='${line}' id='${newest.attrs['id'] ?? ''}'/>`;
    return this.saysXml(line, `<body>${escaped(quote + text)}</body>${reply}${fallback}`);
  }

  edits(line: string, text: string): Promise<boolean> {
    const replace = `<replace xmlns='urn:xmpp:message-correct:0' id='${this.#last}'/>`;
    return this.saysXml(line, `<body>${escaped(text)}</body>${replace}`, false);
  }

  deletes(line: string): Promise<boolean> {
    const body = '<body>/me retracted a message</body>';
    const fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>";
    const retract = `<retract xmlns='urn:xmpp:message-retract:1' id='${this.#last}'/>`;
    return this.saysXml(line, retract + fallback + body, false);
  }

  reacts(line: string, keys: readonly string[]): Promise<boolean> {
    const id = this.#newestOf(line).attrs['id'] ?? '';
    const each = keys.map((key) => `<reaction>${key}</reaction>`).join('');
    return this.saysXml(line, `<reactions xmlns='urn:xmpp:reactions:0' id='${id}'>${each}</reactions>`, false);
  }

  /** Through the server's upload component, as clients do; with a caption those are the words. */
  async sendsFile(line: string, file: KitFile): Promise<boolean> {
    const { name, type, bytes, caption } = file;
    const size = String(bytes.length);
    const request = `<request xmlns='urn:xmpp:http:upload:0' filename='${name}' size='${size}' content-type='${type}'/>`;
    const slot = (await this.client.iq(uploadDomain, request)).child('slot');
    const [put, get] = [slot?.child('put'), slot?.child('get')?.attrs['url']];
    if (put === undefined || get === undefined) throw new Error('the upload component gave no slot');
    await putInto(put, file);
    return this.saysXml(line, `<body>${escaped(caption ?? get)}</body><x xmlns='jabber:x:oob'><url>${get}</url></x>`);
  }

  /** Of the line's newest message. */
  receipt(line: string, what: 'received' | 'displayed'): void {
    const id = this.#newestOf(line).attrs['id'] ?? '';
    const of = what === 'received' ? 'urn:xmpp:receipts' : 'urn:xmpp:chat-markers:0';
    this.client.write(`<message type='chat' to='${line}'><${what} xmlns='${of}' id='${id}'/></message>`);
  }

  types(line: string, on: boolean): void {
    const state = on ? 'composing' : 'paused';
    this.client.write(`<message type='chat' to='${line}'><${state} xmlns='${states}'/></message>`);
  }

  /** Wants to see the line, and lets it see in return. */
  async subscribes(line: string): Promise<void> {
    const { client } = this;
    const has = (type: string | undefined): boolean =>
      client.presences.some(({ attrs }) => attrs['type'] === type && (attrs['from'] ?? '').startsWith(line));
    if (has('subscribed')) return;
    client.write(`<presence type='subscribe' to='${line}'/>`);
    await until('to be let see the line', () => has('subscribed') && has('subscribe') && has(undefined));
    client.write(`<presence type='subscribed' to='${line}'/>`);
  }

  appears(state: PresenceState): void {
    const show = state === 'available' || state === 'offline' ? '' : `<show>${state}</show>`;
    this.client.write(state === 'offline' ? "<presence type='unavailable'/>" : `<presence>${show}</presence>`);
  }

  /** When the line is there too. */
  async joins(room: string, linesNick: string): Promise<void> {
    const nick = this.bare.split('@')[0] ?? '';
    this.client.write(`<presence to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    const isIn = (who: string): boolean =>
      this.client.presences.some(({ attrs }) => attrs['from'] === `${room}/${who}`);
    await until('the room', () => isIn(nick) && isIn(linesNick));
  }

  writesIn(room: string, text: string, extra = ''): string {
    const id = `g-${String(Math.random()).slice(2)}`;
    this.client.write(
      `<message type='groupchat' to='${room}' id='${id}'><body>${escaped(text)}</body>${extra}</message>`,
    );
    return id;
  }

  /** Nobody waits for an answer any more. */
  givesUp(): void {
    for (const settle of Array.from(this.#waiting)) settle(false);
  }

  /** Whether the client shows what the line sent under that id; with a file, when it has been fetched. */
  has(id: string): boolean {
    const found = this.client.messages.find(({ attrs, name }) => name === 'message' && attrs['id'] === id);
    if (found === undefined) return false;
    const url = found.child('x')?.text('url');
    return url === undefined || this.#fileAt(url) !== '';
  }

  received(line: string): string[] {
    const said = this.#from(line);
    return said.flatMap((message) => {
      if (message.child('replace') !== undefined || message.child('retract') !== undefined) return [];
      const newest = said.findLast((one) => one.child('replace')?.attrs['id'] === message.attrs['id']) ?? message;
      return newest.text('body') ?? [];
    });
  }

  shown(line: Address, remote: RemoteId): Shown | undefined {
    const id = wireIdOf(remote);
    const said = this.#from(line);
    const found = said.find(({ attrs }) => attrs['id'] === id);
    const reactions = said.findLast((message) => message.child('reactions')?.attrs['id'] === id)?.child('reactions');
    if (found === undefined && reactions === undefined) return undefined;
    const newest = said.findLast((message) => message.child('replace')?.attrs['id'] === id) ?? found;
    const deleted = said.some((message) => message.child('retract')?.attrs['id'] === id);
    const keys = reactions?.children('reaction').map(({ own }) => own);
    return { ...this.#readable(newest, line), deleted, ...(keys === undefined ? {} : { reactions: keys }) };
  }

  newest(line: Address, by: 'line' | 'customer'): RemoteId | undefined {
    const id = by === 'customer' ? this.#last : (this.#newestOf(line).attrs['id'] ?? '');
    return remoteIdOf(by === 'customer' ? 'in' : 'out', chatKey(line, this.bare), id);
  }

  /** SHA-256 of the files that the line sent and that have been fetched by now, hex. */
  files(line: string): readonly string[] {
    const urls = this.#from(line).flatMap((message) => message.child('x')?.text('url') ?? []);
    return urls.map((url) => this.#fileAt(url)).filter((hash) => hash !== '');
  }

  close(): void {
    this.closed = true;
    this.givesUp();
    this.client.close();
  }

  #readable(message: Element | undefined, line: Address): Shown {
    const url = message?.child('x')?.text('url');
    if (url !== undefined) return { text: '', file: this.#files.get(url) ?? '' };
    const body = message?.text('body') ?? '';
    const replyTo = answeredBy(message, chatKey(line, this.bare));
    return { text: withoutQuote(message, body), ...placeIn(body), ...(replyTo === undefined ? {} : { replyTo }) };
  }

  #from(line: string): Element[] {
    return this.client.messages.filter(
      ({ attrs }) => (attrs['from'] ?? '').startsWith(line) && attrs['type'] !== 'error',
    );
  }

  #newestOf(line: string): Element {
    const found = this.#from(line).findLast((message) => message.child('body') !== undefined);
    if (found === undefined) throw new Error('the line wrote nothing');
    return found;
  }

  /** Empty while it is being fetched. */
  #fileAt(url: string): string {
    if (!this.#files.has(url)) this.#fetch(url);
    return this.#files.get(url) ?? '';
  }

  #fetch(url: string): void {
    this.#files.set(url, '');
    fetch(url)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => this.#files.set(url, createHash('sha256').update(Buffer.from(bytes)).digest('hex')))
      .catch(() => this.#files.delete(url));
  }

  #gives(id: string, stanza: string): Promise<boolean> {
    this.#written = stanza;
    const before = this.client.answered(id);
    this.client.write(stanza);
    return new Promise((resolve) => {
      const settle = (taken: boolean): void => {
        this.#waiting.delete(settle);
        this.client.unwatch(look);
        resolve(taken);
      };
      const look = (): void => {
        const { receipts, bounces } = this.client.answered(id);
        if (receipts > before.receipts) settle(true);
        else if (bounces > before.bounces) settle(false);
      };
      this.#waiting.add(settle);
      this.client.watch(look);
    });
  }
}

async function putInto(put: Element, { type, bytes }: KitFile): Promise<void> {
  const headers = new Headers({ 'content-type': type });
  for (const header of put.children('header')) headers.set(header.attrs['name'] ?? '', header.own);
  const answer = await fetch(put.attrs['url'] ?? '', { method: 'PUT', body: Buffer.from(bytes), headers });
  if (!answer.ok) throw new Error(`the upload was answered ${String(answer.status)}`);
}

function answeredBy(message: Element | undefined, key: string): RemoteId | undefined {
  const id = message?.child('reply')?.attrs['id'];
  return id === undefined ? undefined : remoteIdOf('in', key, id);
}

function withoutQuote(message: Element | undefined, body: string): string {
  const end = Number(message?.child('fallback')?.child('body')?.attrs['end'] ?? '0');
  return Array.from(body).slice(end).join('');
}

function placeIn(body: string): Pick<Shown, 'location'> {
  const at = geo.exec(body);
  return at === null ? {} : { location: { latitude: Number(at[1]), longitude: Number(at[2]) } };
}

function toldBy(stanza: Element): Told[] {
  const { name, attrs } = stanza;
  const isOurs = (attrs['from'] ?? '').includes('@sms.example');
  if (!isOurs) return [];
  if (name === 'presence') return presenceOf(stanza);
  if (name !== 'message' || stanza.child('body') !== undefined) return [];
  const displayed = stanza.child('displayed')?.attrs['id'];
  if (displayed !== undefined) return [{ what: 'read', id: displayed }];
  const on = stanza.child('composing') !== undefined;
  return on || stanza.child('paused') !== undefined ? [{ what: 'typing', on }] : [];
}

function presenceOf(stanza: Element): Told[] {
  const { type } = stanza.attrs;
  if (type === 'unavailable') return [{ what: 'presence', state: 'offline' }];
  if (type !== undefined) return [];
  const shows: readonly PresenceState[] = ['chat', 'away', 'xa', 'dnd'];
  const show = stanza.text('show');
  return [{ what: 'presence', state: shows.find((one) => one === show) ?? 'available' }];
}
