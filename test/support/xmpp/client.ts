/** A small XMPP client for tests: SASL PLAIN without TLS, on this machine. */
import net from 'node:net';
import { elementsOf, textOf, type XmlElement } from '../../../src/networks/xmpp/xml/element.ts';
import { StreamReader } from '../../../src/networks/xmpp/xml/stream-reader.ts';
import { writeXml } from '../../../src/networks/xmpp/xml/write.ts';
import { until } from '../carrier.ts';
import { accountPassword, prosodyDomain } from './prosody.ts';

/** A stanza as it came, easy to look into. */
export class Element {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string | undefined>>;
  readonly xml: XmlElement;

  constructor(xml: XmlElement) {
    this.name = xml.name;
    this.attrs = xml.attrs;
    this.xml = xml;
  }

  child(name: string, ns?: string): Element | undefined {
    const found = elementsOf(this.xml).find((one) => one.name === name && (ns === undefined || one.ns === ns));
    return found === undefined ? undefined : new Element(found);
  }

  children(name: string): Element[] {
    return elementsOf(this.xml)
      .filter((one) => one.name === name)
      .map((one) => new Element(one));
  }

  text(name: string): string | undefined {
    const found = this.child(name);
    return found === undefined ? undefined : textOf(found.xml);
  }

  get own(): string {
    return textOf(this.xml);
  }

  toString(): string {
    return writeXml(this.xml, 'jabber:client');
  }
}

export class XmppClient {
  readonly jid: string;
  /** Everything that came, in order. */
  readonly stanzas: Element[] = [];
  readonly #socket: net.Socket;
  readonly #watchers = new Set<() => void>();
  readonly #answered = new Map<string, { receipts: number; bounces: number }>();
  #elements: Element[] = [];
  #sent = 0;

  private constructor(jid: string, socket: net.Socket) {
    this.jid = jid;
    this.#socket = socket;
  }

  /** Logged in, with a resource, and seen as available unless `quiet`. */
  static async connect(port: number, name: string, resource = 'test', quiet = false): Promise<XmppClient> {
    const socket = net.connect(port, '127.0.0.1');
    const client = new XmppClient(`${name}@${prosodyDomain}/${resource}`, socket);
    await client.#open();
    const plain = Buffer.from(`\0${name}\0${accountPassword}`).toString('base64');
    await client.#ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, 'success');
    await client.#open();
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind>`;
    await client.#ask(`<iq type='set' id='bind'>${bind}</iq>`, 'iq');
    client.stanzas.length = 0;
    // Who has asked for the roster hears of subscriptions (RFC 6121, 2.1.6).
    client.write("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    if (!quiet) client.write('<presence/>');
    return client;
  }

  get messages(): Element[] {
    return this.stanzas.filter(({ name }) => name === 'message');
  }

  get presences(): Element[] {
    return this.stanzas.filter(({ name }) => name === 'presence');
  }

  get texts(): string[] {
    return this.messages.flatMap((message) => message.text('body') ?? []);
  }

  /** How often a message of ours was confirmed, and given back. */
  answered(id: string): { readonly receipts: number; readonly bounces: number } {
    return { ...(this.#answered.get(id) ?? { receipts: 0, bounces: 0 }) };
  }

  /** Called after each stanza. */
  watch(look: () => void): void {
    this.#watchers.add(look);
  }

  unwatch(look: () => void): void {
    this.#watchers.delete(look);
  }

  write(stanza: string): void {
    this.#socket.write(stanza);
  }

  /** Writes a chat message. @returns its id */
  say(to: string, text: string, extra = '', attrs = ''): string {
    this.#sent += 1;
    const id = `t${String(this.#sent)}-${String(Math.floor(performance.now() * 1_000))}`;
    this.write(`<message type='chat' to='${to}' id='${id}' ${attrs}><body>${escaped(text)}</body>${extra}</message>`);
    return id;
  }

  /** Asks, and resolves with the answer. */
  async iq(to: string, payload: string, type = 'get'): Promise<Element> {
    this.#sent += 1;
    const id = `q${String(this.#sent)}`;
    this.write(`<iq type='${type}' to='${to}' id='${id}'>${payload}</iq>`);
    return this.heard(`the answer to ${id}`, ({ name, attrs }) => name === 'iq' && attrs['id'] === id);
  }

  /** The first that fits, when it has come. */
  async heard(what: string, fits: (stanza: Element) => boolean): Promise<Element> {
    await until(what, () => this.stanzas.some(fits));
    const found = this.stanzas.find(fits);
    if (found === undefined) throw new Error(`${what} went away`);
    return found;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #open(): Promise<void> {
    this.#elements = [];
    const reader = new StreamReader();
    this.#socket.removeAllListeners('data');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (bytes: Buffer) => {
      for (const part of reader.push(bytes)) if (part.is === 'stanza') this.#took(new Element(part.element));
    });
    const stream = `xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'`;
    this.write(`<?xml version='1.0'?><stream:stream to='${prosodyDomain}' ${stream}>`);
    await until('the features of the stream', () => this.#elements.some(({ name }) => name === 'features'));
  }

  #took(element: Element): void {
    this.#elements.push(element);
    if (!['message', 'presence', 'iq'].includes(element.name)) return;
    this.stanzas.push(element);
    const received = element.child('received', 'urn:xmpp:receipts')?.attrs['id'];
    const bounced = element.attrs['type'] === 'error' ? element.attrs['id'] : undefined;
    for (const id of [received, bounced]) if (id !== undefined) this.#note(id, id === received);
    for (const look of Array.from(this.#watchers)) look();
  }

  #note(id: string, taken: boolean): void {
    const { receipts, bounces } = this.answered(id);
    this.#answered.set(id, { receipts: receipts + (taken ? 1 : 0), bounces: bounces + (taken ? 0 : 1) });
  }

  async #ask(text: string, answer: string): Promise<void> {
    this.write(text);
    await until(`${answer} of the server`, () => this.#elements.some(({ name }) => name === answer));
  }
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
